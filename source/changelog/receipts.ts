/**
 * Receipts: which changes a batch brought, kept by the target in the transaction that applied them,
 * until the source has marked them. Cut off between the two, or with the answer to a COMMIT lost, the
 * changes are marked and not applied a second time: by then the application may have changed the rows
 * again, and they would be overruled.
 */
import { createHash } from 'node:crypto';
import type { Connection } from '../database/connection/connection.ts';
import { idList, quoteString } from '../database/sql/literals.ts';
import type { Finding } from '../text/finding.ts';
import { acknowledge } from './acknowledge.ts';
import { changelogFinding } from './messages.ts';
import type { Change } from './pending.ts';

/** A receipt on its way: what tells it, and the statements that write it. */
export interface Receipt {
	/** Null where there is nothing to give one for. */
	digest: string | null;
	statements: string[];
}

/** The receipt of a batch, to be written inside the transaction that applies it. */
export function receiptFor(sourceNode: string, changes: readonly Change[]): Receipt {
	if (changes.length === 0) return { digest: null, statements: [] };
	const sorted = inOrder(changes);
	const digest = digestOf(sorted);
	const statement = `INSERT INTO change_log_receipts (peer, ids, digest)
		VALUES (${quoteString(sourceNode)}, ${quoteString(toRanges(sorted))}, ${quoteString(digest)})
		ON DUPLICATE KEY UPDATE ids = VALUES(ids), digest = VALUES(digest)`;
	return { digest, statements: [statement] };
}

/** Ids in one look-up. */
const idsPerQuery = 5000;

/**
 * Marks what either end has a receipt for, and takes the receipts back. Both ways, before anything
 * moves in one: a change that has arrived but is not marked would contest the rows that were written
 * over it since.
 * @returns receipts that cannot be read
 */
export async function redeemReceipts(one: Connection, other: Connection): Promise<Finding[]> {
	return [...(await redeemReceipt(one, other)), ...(await redeemReceipt(other, one))];
}

async function redeemReceipt(source: Connection, target: Connection): Promise<Finding[]> {
	const [receipt] = await target.rows<{ ids: string; digest: string }>(
		`SELECT ids, digest FROM change_log_receipts WHERE peer = ${quoteString(source.end.nodeId)}`,
	);
	if (!receipt) return [];
	const ids = fromRanges(receipt.ids);
	// One that this program has not written tells nothing. The next batch's takes its place.
	if (ids === null) return [unreadable(source, target)];
	const changes: Change[] = [];
	for (let start = 0; start < ids.length; start += idsPerQuery) {
		const rows = await source.rows<{
			id: string | number;
			table_name: string;
			row_key: string | null;
			applied_nodes: string;
			changed_at: string | null;
		}>(
			`SELECT id, table_name, row_key, applied_nodes, changed_at
			FROM change_log
			WHERE id IN (${idList(ids.slice(start, start + idsPerQuery))})`,
		);
		for (const { id, table_name, row_key, applied_nodes, changed_at } of rows) {
			changes.push({
				id: String(id),
				table: table_name,
				operation: '',
				rowKey: row_key,
				sourceNode: '',
				appliedNodes: applied_nodes,
				changedAt: changed_at,
			});
		}
	}
	const node = target.end.nodeId;
	const left = changes.filter(({ appliedNodes }) => !appliedNodes.split(',').includes(node));
	// A log that was made anew counts from 1 again: only the very same changes are meant.
	const meant = digestOf(inOrder(changes)) === receipt.digest;
	if (meant) await acknowledge(source, left, node);
	await returnReceipt(source, target, receipt.digest);
	return [];
}

function unreadable(source: Connection, target: Connection): Finding {
	const { side } = target.end;
	const peer = source.end.nodeId;
	const sql = `DELETE FROM change_log_receipts WHERE peer = ${quoteString(peer)}`;
	return changelogFinding('receipt_unreadable', { side }, { peer }, [{ side, sql }]);
}

/** Takes a receipt back once all is marked; one that another engine was given since stays. */
export async function returnReceipt(
	source: Connection,
	target: Connection,
	digest: string,
): Promise<void> {
	await target.run(
		`DELETE t FROM change_log_receipts AS t FORCE INDEX (PRIMARY)
		WHERE t.peer = ${quoteString(source.end.nodeId)} AND t.digest = ${quoteString(digest)}`,
	);
}

function inOrder(changes: readonly Change[]): Change[] {
	return [...changes].sort(({ id: one }, { id: other }) => (BigInt(one) < BigInt(other) ? -1 : 1));
}

function digestOf(changes: readonly Change[]): string {
	const hash = createHash('sha256');
	for (const { id, table, rowKey, changedAt } of changes) {
		hash.update(JSON.stringify([id, table, rowKey, changedAt]));
	}
	return hash.digest('hex');
}

/** `1-5,8`: the ids of a batch mostly follow each other. */
function toRanges(sorted: readonly Change[]): string {
	const ranges: [bigint, bigint][] = [];
	for (const { id } of sorted) {
		const number = BigInt(id);
		const last = ranges.at(-1);
		if (last && last[1] + 1n === number) last[1] = number;
		else ranges.push([number, number]);
	}
	return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

/** Changes that a batch can have at most. */
const mostIds = 10_000_000;

/** Null where the text is not one of `toRanges`. */
function fromRanges(text: string): string[] | null {
	const ids: string[] = [];
	for (const range of text.split(',')) {
		const [, from, to = from] = /^(-?\d{1,20})(?:-(-?\d{1,20}))?$/.exec(range) ?? [];
		if (from === undefined || to === undefined) return null;
		if (BigInt(to) - BigInt(from) >= mostIds - ids.length) return null;
		for (let id = BigInt(from); id <= BigInt(to); id += 1n) ids.push(`${id}`);
	}
	return ids;
}

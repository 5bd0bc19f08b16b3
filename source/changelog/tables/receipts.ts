/**
 * `change_log_receipts`: the changes that a batch applied. The target writes the receipt in the transaction
 * that applies the batch, and keeps it until the source has acknowledged the changes. If the connection is
 * lost in between, or with it the answer to a COMMIT, the changes are acknowledged and not applied a second
 * time: the application may have changed the rows since, and its changes would be overwritten.
 */
import { createHash } from 'node:crypto';
import type { Connection } from '../../database/connection/connection.ts';
import { quoteString } from '../../database/sql/literals.ts';
import { inParts } from '../../database/sql/parts.ts';
import { ids, type Sql, sql } from '../../database/sql/sql.ts';
import type { Finding } from '../../text/finding.ts';
import { acknowledge } from '../log/acknowledge.ts';
import type { Change } from '../log/pending.ts';
import { parseNodes } from '../session/applied-nodes.ts';
import { changelogFinding } from '../session/messages.ts';
import { ascii, type OwnTable } from './own-table.ts';

export const receiptsTable: OwnTable = {
	name: 'change_log_receipts',
	create: sql`CREATE TABLE IF NOT EXISTS change_log_receipts (
		peer VARCHAR(64) ${ascii} NOT NULL,
		ids LONGTEXT ${ascii} NOT NULL,
		digest CHAR(64) ${ascii} NOT NULL,
		PRIMARY KEY (peer)
	) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
};

/** A receipt, and the statements that write it. */
export interface Receipt {
	/** Null if there is nothing to write a receipt for. */
	digest: string | null;
	statements: Sql[];
}

/** The receipt of a batch, written inside the transaction that applies it. */
export function receiptFor(sourceNode: string, changes: readonly Change[]): Receipt {
	if (changes.length === 0) return { digest: null, statements: [] };
	const sorted = byId(changes);
	const digest = digestOf(sorted);
	const statement = sql`INSERT INTO change_log_receipts (peer, ids, digest)
		VALUES (${sourceNode}, ${toRanges(sorted)}, ${digest})
		ON DUPLICATE KEY UPDATE ids = VALUES(ids), digest = VALUES(digest)`;
	return { digest, statements: [statement] };
}

/** Ids per query. */
const idsPerQuery = 5000;

/**
 * Acknowledges the changes that either side has a receipt for, and removes the receipts. In both directions,
 * before any batch: a change that was applied but not acknowledged would conflict with later changes of its
 * row.
 * @returns messages about unreadable receipts
 */
export async function redeemReceipts(one: Connection, other: Connection): Promise<Finding[]> {
	return [...(await redeemReceipt(one, other)), ...(await redeemReceipt(other, one))];
}

async function redeemReceipt(source: Connection, target: Connection): Promise<Finding[]> {
	const [receipt] = await target.rows<{ ids: string; digest: string }>(
		sql`SELECT ids, digest FROM change_log_receipts WHERE peer = ${source.end.nodeId}`,
	);
	if (!receipt) return [];
	const listed = fromRanges(receipt.ids);
	// Edited by somebody. The receipt of the next batch replaces it.
	if (listed === null) return [unreadable(source, target)];
	const changes: Change[] = [];
	for (const part of inParts(listed, idsPerQuery))
		changes.push(...(await readListed(source, part)));
	// A recreated log assigns ids from 1 again: only identical changes are meant.
	if (digestOf(byId(changes)) === receipt.digest) {
		const node = target.end.nodeId;
		const unacknowledged = changes.filter(
			({ appliedNodes }) => !parseNodes(appliedNodes).includes(node),
		);
		await acknowledge(source, unacknowledged, node);
	}
	await returnReceipt(source, target, receipt.digest);
	return [];
}

/** Reads the fields of changes that a receipt covers, and their lists of nodes. */
async function readListed(source: Connection, listed: readonly string[]): Promise<Change[]> {
	const rows = await source.rows<{
		id: string | number;
		table_name: string;
		row_key: string | null;
		applied_nodes: string;
		changed_at: string | null;
	}>(
		sql`SELECT id, table_name, row_key, applied_nodes, changed_at
		FROM change_log
		WHERE id IN (${ids(listed)})`,
	);
	return rows.map(({ id, table_name, row_key, applied_nodes, changed_at }) => ({
		id: String(id),
		table: table_name,
		operation: '',
		rowKey: row_key,
		sourceNode: '',
		appliedNodes: applied_nodes,
		changedAt: changed_at,
	}));
}

function unreadable(source: Connection, target: Connection): Finding {
	const { side } = target.end;
	const peer = source.end.nodeId;
	const cure = `DELETE FROM change_log_receipts WHERE peer = ${quoteString(peer)}`;
	return changelogFinding('receipt_unreadable', { side }, { peer }, [{ side, sql: cure }]);
}

/** Removes a receipt once all its changes are acknowledged. A newer receipt of another engine stays. */
export async function returnReceipt(
	source: Connection,
	target: Connection,
	digest: string,
): Promise<void> {
	await target.run(
		sql`DELETE t FROM change_log_receipts AS t FORCE INDEX (PRIMARY)
		WHERE t.peer = ${source.end.nodeId} AND t.digest = ${digest}`,
	);
}

function byId(changes: readonly Change[]): Change[] {
	return [...changes].sort(({ id: one }, { id: other }) => (BigInt(one) < BigInt(other) ? -1 : 1));
}

function digestOf(changes: readonly Change[]): string {
	const hash = createHash('sha256');
	for (const { id, table, rowKey, changedAt } of changes) {
		hash.update(JSON.stringify([id, table, rowKey, changedAt]));
	}
	return hash.digest('hex');
}

/** Formats ids as ranges, such as `1-5,8`: the ids of a batch are mostly consecutive. */
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

/** Most changes of a batch. */
const mostIds = 10_000_000;

/** Parses the ranges of `toRanges`; null if the text is invalid. */
function fromRanges(text: string): string[] | null {
	const listed: string[] = [];
	for (const range of text.split(',')) {
		const [, from, to = from] = /^(-?\d{1,20})(?:-(-?\d{1,20}))?$/.exec(range) ?? [];
		if (from === undefined || to === undefined) return null;
		if (BigInt(to) - BigInt(from) >= mostIds - listed.length) return null;
		for (let id = BigInt(from); id <= BigInt(to); id += 1n) listed.push(`${id}`);
	}
	return listed;
}

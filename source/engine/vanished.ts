import { addMarks, ensureMarks, marksTable, readMarks, removeMarks } from '../capture/marks.ts';
import { type PairConfig, type Side, sides } from '../config/types.ts';
import { quoteName } from '../database/identifiers.ts';
import { quoteString } from '../database/literals.ts';
import { oneLine } from '../database/one-line.ts';
import { displayRowKey, exactKeyCondition, parseRowKey } from '../database/row-key.ts';
import { edgeRows, readPartitions, standingRows } from '../database/sample-rows.ts';
import type { TablePair } from '../database/table-pair.ts';
import type { TrackedTable } from '../database/tracked-table.ts';
import { fetchPendingOf } from '../transfer/pending.ts';
import type { Connections } from './connections.ts';

/** A table whose rows are carried both ways. */
interface Watched {
	name: string;
	ends: Record<Side, TrackedTable>;
	/** Partitions on each side; empty where it has none. */
	partitions: Record<Side, string[]>;
}

const others: Record<Side, Side> = { local: 'cloud', cloud: 'local' };

/**
 * Finds rows that have gone on one side without a trigger: by TRUNCATE, by an operation on a
 * partition, or while there were no triggers. Asked after a pass in both directions, when a deletion that was captured
 * has either arrived or is still pending. Resolves to what to tell, a line a table and side; it is
 * told until the rows are back, are gone on the other side too, or somebody forgets the marks.
 */
export async function findVanished(
	connections: Connections,
	pair: PairConfig,
	tables: readonly TablePair[],
): Promise<string[]> {
	const { local } = connections;
	const peer = pair.cloud.nodeId;
	const known = await readMarks(local, peer);
	if (known === null && !pair.autoInstall) return [];
	if (known === null) await ensureMarks(local);
	const watched = await watchedTables(connections, tables);
	const ofWatched = (known ?? []).flatMap((mark) => {
		const table = watched.find(({ name }) => name === mark.table);
		return table ? [{ ...mark, table }] : [];
	});
	const marks = ofWatched.filter(fits);
	const standing = await standingOn(connections, marks);
	const agreed = marks.filter((mark) => sides.every((side) => !standing[side].has(mark)));
	const useless = ofWatched.filter((mark) => !marks.includes(mark) || agreed.includes(mark));
	await removeMarks(
		local,
		useless.map(({ id }) => id),
	);
	const left = marks.filter((mark) => !agreed.includes(mark));
	await takeMarks(connections, peer, watched, left);
	const lines: string[] = [];
	for (const side of sides) {
		const gone = left.filter((mark) => !standing[side].has(mark));
		for (const table of new Set(gone.map((mark) => mark.table))) {
			const ofTable = gone.filter((mark) => mark.table === table);
			const found = await firstVanished(connections, pair, ofTable);
			if (found) lines.push(await describe(connections, side, found));
		}
	}
	return lines;
}

interface Placed {
	table: Watched;
	rowKey: string;
	place: string;
}

async function watchedTables(
	connections: Connections,
	tables: readonly TablePair[],
): Promise<Watched[]> {
	const both = tables.flatMap(({ name, sides: { local, cloud }, skippedReason, blocked }) =>
		local && cloud && !skippedReason && !blocked.local && !blocked.cloud
			? [{ name, ends: { local, cloud } }]
			: [],
	);
	const partitionsOn = (side: Side) =>
		readPartitions(
			connections[side],
			both.filter(({ ends }) => ends[side].partitioned).map(({ ends }) => ends[side].name),
		);
	const [local, cloud] = await Promise.all([partitionsOn('local'), partitionsOn('cloud')]);
	return both.map(({ name, ends }) => ({
		name,
		ends,
		partitions: {
			local: local.get(ends.local.name) ?? [],
			cloud: cloud.get(ends.cloud.name) ?? [],
		},
	}));
}

/** Whether the mark's key is one of the table's present ones. */
function fits({ rowKey, table: { ends } }: Placed): boolean {
	try {
		return sides.every((side) => {
			const { key } = ends[side];
			return exactKeyCondition([parseRowKey(rowKey, key)], key, 't') !== '';
		});
	} catch {
		return false;
	}
}

async function standingOn<Row extends Placed>(
	connections: Connections,
	rows: readonly Row[],
): Promise<Record<Side, Set<Row>>> {
	const on = async (side: Side): Promise<Set<Row>> => {
		const wanted = rows.map((row) => ({ table: row.table.ends[side], rowKey: row.rowKey, row }));
		return new Set([...(await standingRows(connections[side], wanted))].map(({ row }) => row));
	};
	// One after the other: what is gone on the first was noted before the second is asked.
	return { local: await on('local'), cloud: await on('cloud') };
}

/** Takes the first and last row of every table and partition that has no mark and that both sides have. */
async function takeMarks(
	connections: Connections,
	peer: string,
	watched: readonly Watched[],
	marks: readonly Placed[],
): Promise<void> {
	const marked = new Set(marks.map(({ table, place }) => `${table.name}\n${place}`));
	for (const side of sides) {
		const sections = watched.flatMap((table) => {
			const named: (string | null)[] = table.partitions[side];
			const partitions = named.length > 0 || side === 'cloud' ? named : [null];
			return partitions
				.map((partition) => ({ partition, place: `${side} ${partition ?? ''}`, owner: table }))
				.filter(({ place }) => !marked.has(`${table.name}\n${place}`))
				.map((section) => ({ ...section, table: table.ends[side] }));
		});
		const edges = (await edgeRows(connections[side], sections)).map(({ section, rowKey }) => ({
			table: section.owner,
			place: section.place,
			rowKey,
		}));
		const standing = await standingOn(connections, edges);
		const shared = edges.filter((edge) => sides.every((each) => standing[each].has(edge)));
		await addMarks(
			connections.local,
			peer,
			shared.map(({ table, place, rowKey }) => ({ table: table.name, place, rowKey })),
		);
	}
}

/** The first of the rows that no pending change explains. */
async function firstVanished(
	{ local, cloud }: Connections,
	pair: PairConfig,
	gone: readonly Placed[],
): Promise<Placed | null> {
	for (const mark of gone) {
		const { ends } = mark.table;
		const changes = [
			...(await fetchPendingOf(local, pair.cloud.nodeId, [ends.local.name], [mark.rowKey])),
			...(await fetchPendingOf(cloud, pair.local.nodeId, [ends.cloud.name], [mark.rowKey])),
		];
		if (changes.length === 0) return mark;
	}
	return null;
}

async function describe(
	connections: Connections,
	side: Side,
	{ table, rowKey }: Placed,
): Promise<string> {
	const other = others[side];
	const here = table.ends[side];
	const there = table.ends[other];
	const [row] = await connections[side].rows(
		`SELECT 1 AS row_there FROM ${quoteName(here.name)} LIMIT 1`,
	);
	const cause =
		row === undefined
			? 'it is empty, so probably by TRUNCATE'
			: table.partitions[side].length > 0
				? 'probably with a partition that was dropped, truncated or exchanged'
				: 'probably by TRUNCATE with new rows since';
	const [first] = there.key;
	const touch = `UPDATE ${quoteName(there.name)} SET ${quoteName(first?.name ?? '')} = ${quoteName(first?.name ?? '')}`;
	const parts = [
		`${side}, table ${here.name}: rows are gone that no trigger saw go (${displayRowKey(parseRowKey(rowKey, here.key), here.key)} is one), ${cause}`,
		`they still stand on ${other}, and would have to be truncated or dropped there too, if they are to go`,
		`to bring them back, on ${other}: ${touch}`,
		`to leave both as they are, on local: DELETE FROM ${marksTable} WHERE table_name = ${quoteString(table.name)}`,
	];
	return oneLine(parts.join('; '));
}

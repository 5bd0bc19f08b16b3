/** Where marks are taken: tables that are carried both ways, and the partitions that they have. */
import { type Side, sides } from '../../config/types.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import { edgeRows, readPartitions, standingRows } from '../../database/rows/sample-rows.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import type { Connections } from '../shared/connections.ts';

/** A table whose rows are carried both ways. */
export interface SampledTable {
	name: string;
	ends: Record<Side, TrackedTable>;
	/** Partitions on each side; empty where it has none. */
	partitions: Record<Side, string[]>;
}

/** A row of a watched table, and where it was found. */
export interface Placed {
	table: SampledTable;
	rowKey: string;
	place: string;
}

/** A partition of a side, or all of the table where neither side has partitions. */
export interface SampledPlace {
	table: SampledTable;
	/** As the table of marks names it. */
	place: string;
	/** What of which side belongs to it. */
	sections: { side: Side; partition: string | null }[];
}

/** The tables that are carried both ways, as far as their partitions are known. */
export async function watchedTables(
	connections: Connections,
	tables: readonly TablePair[],
): Promise<SampledTable[]> {
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
	const known = both.filter(
		({ ends }) =>
			!local.leftOut.includes(ends.local.name) && !cloud.leftOut.includes(ends.cloud.name),
	);
	return known.map(({ name, ends }) => ({
		name,
		ends,
		partitions: {
			local: local.partitions.get(ends.local.name) ?? [],
			cloud: cloud.partitions.get(ends.cloud.name) ?? [],
		},
	}));
}

/** The places of a table. */
export function placesOf(table: SampledTable): SampledPlace[] {
	const whole = sides.filter((side) => table.partitions[side].length === 0);
	const [first] = whole;
	const partitions = sides.flatMap((side) =>
		table.partitions[side].map((partition) => ({
			table,
			place: placeName(side, partition),
			sections: [{ side, partition }],
		})),
	);
	if (!first) return partitions;
	const sections = whole.map((side) => ({ side, partition: null }));
	return [...partitions, { table, place: placeName(first, ''), sections }];
}

function placeName(side: Side, partition: string): string {
	return `${side} ${partition}`;
}

/** Tells places apart. */
export function placeId({ table, place }: Pick<SampledPlace, 'table' | 'place'>): string {
	return `${table.name}\n${place}`;
}

/** The first and the last row of each place, on every side that it is on. */
export async function edgesOf(
	connections: Connections,
	places: readonly SampledPlace[],
): Promise<Placed[]> {
	const edges = new Map<string, Placed>();
	for (const side of sides) {
		const sections = places.flatMap((owner) =>
			owner.sections
				.filter((section) => section.side === side)
				.map(({ partition }) => ({ partition, owner, table: owner.table.ends[side] })),
		);
		for (const { section, rowKey } of await edgeRows(connections[side], sections)) {
			const edge = { table: section.owner.table, place: section.owner.place, rowKey };
			edges.set(`${placeId(edge)}\n${rowKey}`, edge);
		}
	}
	return [...edges.values()];
}

/** Which of the rows stand on each side. */
export async function standingOn<Row extends Placed>(
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

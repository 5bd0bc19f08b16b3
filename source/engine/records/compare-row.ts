/** One row as both sides have it, column by column, for a person to compare. */
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import type { Column } from '../../database/catalogue/catalogue.ts';
import type { Connection } from '../../database/connection/connection.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import { type RowImage, readImages } from '../../database/rows/row-image.ts';
import { parseRowKey } from '../../database/rows/row-key.ts';
import { findColumn } from '../../database/rows/tracked-table.ts';
import { sameJson } from '../../database/values/json.ts';
import { type ColumnPair, sameValue, type Value } from '../../database/values/values.ts';
import { asSyncError, SyncError } from '../../errors.ts';
import { readTable, travellingColumns } from '../../transfer/rows/read.ts';
import type { Route } from '../../transfer/rows/route.ts';
import { targetKey } from '../../transfer/rows/row-write.ts';
import type {
	ComparedColumn,
	RowComparison,
	RowInspection,
	RowQuery,
	ShownValue,
} from '../api/row-comparison.ts';
import { readConflictVersions } from './conflicts.ts';
import { type HistoryEvent, readEvents, typedRowKeys } from './history.ts';
import { describeEvent } from './history-text.ts';

/** Characters of a value that are shown. */
const shownCharacters = 2000;

/** A column by name, as the sides have it. */
type NamedColumn = { name: string } & Record<Side, Column | null>;

/** What a side has of a row: an image for a person, and the values that travel. */
interface SideRow {
	image: RowImage | null;
	values: Value[] | null;
}

/**
 * Reads a row from both sides; a side that cannot be asked is left open.
 * @throws SyncError `usage` if the row cannot be told by its key; `unreachable` if neither side answers
 */
export async function inspectRow(
	connections: Record<Side, Connection | null>,
	pair: PairConfig,
	tables: readonly TablePair[],
	query: RowQuery,
): Promise<RowInspection> {
	const place = { pair: pair.name, table: query.table };
	if (!connections.local && !connections.cloud) {
		throw new SyncError('unreachable', 'neither end can be reached', place);
	}
	const table = findPair(tables, query.table);
	if (!table) throw new SyncError('usage', 'the pair does not track such a table any more', place);
	const rowKeys =
		query.typed === undefined
			? [query.row_key]
			: await typedRowKeys(connections, table, query.typed);
	const [rowKey = null] = rowKeys;
	if (rowKey === null) {
		throw new SyncError('usage', 'the change log has no key for this change', place);
	}
	const columns = namedColumns(table);
	const [rows, versions, events] = await Promise.all([
		readBoth(connections, table, rowKey),
		query.conflict === undefined ? null : readConflictVersions(connections, pair, query.conflict),
		readEvents(
			connections,
			pair,
			table,
			rowKeys.flatMap((one) => one ?? []),
		).catch(unlessNotInstalled),
	]);
	const images = { local: rows.local?.image, cloud: rows.cloud?.image };
	return {
		at: Date.now(),
		now: comparison(columns, images, sameNow(table, rows)),
		conflict: versions && comparison(columns, versions, sameOnRecord(versions)),
		history: events.map((event) => {
			return { at: event.at, side: event.side, text: describeEvent(event) };
		}),
	};
}

/** Before the first run there is no record to read. */
function unlessNotInstalled(thrown: unknown): HistoryEvent[] {
	// 1146: there is no such table.
	if (asSyncError(thrown).errno !== 1146) throw thrown;
	return [];
}

function findPair(tables: readonly TablePair[], name: string): TablePair | undefined {
	const isCalled = ({ sides: ends }: TablePair) =>
		ends.local?.name === name || ends.cloud?.name === name;
	return tables.find((table) => table.name === name) ?? tables.find(isCalled);
}

/** The columns of both sides, the local ones first. */
function namedColumns({ sides: { local, cloud } }: TablePair): NamedColumn[] {
	const here = (local?.columns ?? []).map((column) => ({
		name: column.name,
		local: column,
		cloud: (cloud && findColumn(cloud, column.name)) ?? null,
	}));
	const there = (cloud?.columns ?? [])
		.filter((column) => !local || !findColumn(local, column.name))
		.map((column) => ({ name: column.name, local: null, cloud: column }));
	return [...here, ...there];
}

function routeOf({ name, sides: { local, cloud } }: TablePair): Route | null {
	return local && cloud ? { name, source: local, target: cloud } : null;
}

/** Null for a side that has no such table or cannot be asked. */
async function readBoth(
	connections: Record<Side, Connection | null>,
	table: TablePair,
	rowKey: string,
): Promise<Record<Side, SideRow | null>> {
	const route = routeOf(table);
	const travelling = route ? travellingColumns(route) : [];
	const read = async (side: Side): Promise<SideRow | null> => {
		const connection = connections[side];
		const tracked = table.sides[side];
		if (!connection || !tracked) return null;
		const key = route && side === 'cloud' ? targetKey(route) : tracked.key;
		const wanted = parseRowKey(rowKey, key);
		const images = await readImages(connection, tracked, key, [wanted]);
		const image = [...images.values()][0] ?? null;
		if (!route || !image) return { image, values: null };
		const columns = side === 'local' ? travelling : travelling.map(turned);
		const rows = await readTable(connection, { ...tracked, key }, columns, [
			{ route, rowKey, key: wanted },
		]);
		return { image, values: [...rows.values()][0] ?? null };
	};
	const [local = null, cloud = null] = await Promise.all(sides.map(read));
	return { local, cloud };
}

function turned({ source, target }: ColumnPair): ColumnPair {
	return { source: target, target: source };
}

type Same = (column: NamedColumn) => boolean | null;

/** Whether a run would leave the column as it is. */
function sameNow(table: TablePair, { local, cloud }: Record<Side, SideRow | null>): Same {
	const route = routeOf(table);
	const travelling = route ? travellingColumns(route) : [];
	return ({ name }) => {
		const index = travelling.findIndex(({ source }) => source.name === name);
		const pair = travelling[index];
		if (!pair || !local?.values || !cloud?.values) return null;
		return sameValue(pair, local.values[index] ?? null, cloud.values[index] ?? null);
	};
}

/** The same of two versions on record, which are JSON for a person to read. */
function sameOnRecord({ local, cloud }: Record<Side, RowImage | null>): Same {
	return ({ name, ...ends }) => {
		const one = local?.[ends.local?.name ?? name];
		const other = cloud?.[ends.cloud?.name ?? name];
		if (one === undefined || other === undefined) return null;
		if (one === null || other === null) return one === other;
		const types = [ends.local?.type, ends.cloud?.type];
		if (types.includes('json')) return sameJson(String(one), String(other));
		return types.includes('float') || types.includes('double')
			? Number(one) === Number(other)
			: one === other;
	};
}

/** @param images undefined where a side could not be asked, null where the row is not there */
function comparison(
	columns: readonly NamedColumn[],
	images: Record<Side, RowImage | null | undefined>,
	same: Same,
): RowComparison {
	const isThere = (side: Side) => (images[side] === undefined ? null : images[side] !== null);
	return {
		there: { local: isThere('local'), cloud: isThere('cloud') },
		columns: columns.map((column): ComparedColumn => {
			const value = (side: Side) => {
				const name = column[side]?.name;
				return name === undefined ? null : shown(images[side]?.[name]);
			};
			const inKey = (column.local ?? column.cloud)?.inKey ?? false;
			return {
				name: column.name,
				in_key: inKey,
				local: value('local'),
				cloud: value('cloud'),
				same: same(column),
			};
		}),
	};
}

function shown(value: string | number | null | undefined): ShownValue | null {
	if (value === undefined) return null;
	if (value === null) return { text: null, cut: 0 };
	const text = String(value);
	if (text.length <= shownCharacters) return { text, cut: 0 };
	return { text: text.slice(0, shownCharacters), cut: text.length - shownCharacters };
}

import type { EndConfig } from '../../config/types.ts';
import type { Connection } from '../connection/connection.ts';
import { type Grant, readGrants } from '../rights/grants.ts';
import { readOnce, type Table } from './catalogue.ts';

/**
 * The tables and views that each database had when it was last read. By end, and for as long as the program
 * runs: a table in the middle of an ALTER must not be taken for dropped because the connection is new.
 */
const lastSeen = new WeakMap<EndConfig, ReadonlySet<string>>();

/**
 * Reads the tables and views of the connection's database. Its statements do not share a
 * snapshot, and MariaDB lists tables by their files: a table that ALTER TABLE copies may
 * briefly be missing from all statements, or from some of them, without a warning. A look-up by
 * name finds it, as that waits for the table's lock. Tables with inconsistent parts, and tables
 * that disappeared, are therefore read again by name.
 * @param grants of the connection's user; read by default
 */
export async function readCatalogue(
	connection: Connection,
	grants: Promise<readonly Grant[]> = readGrants(connection),
): Promise<Table[]> {
	const { end } = connection;
	const { tables, torn } = await readOnce(connection, grants);
	const settled = new Map(tables.map((table) => [table.name, table]));
	const gone = [...(lastSeen.get(end) ?? [])].filter((name) => !settled.has(name));
	const doubtful = [...new Set([...torn, ...gone])];
	const found = await connection.together(() =>
		Promise.all(doubtful.map((name) => readByName(connection, name, grants))),
	);
	for (const [index, name] of doubtful.entries()) {
		const table = found[index];
		if (table) settled.set(name, table);
		else settled.delete(name);
	}
	lastSeen.set(end, new Set(settled.keys()));
	return [...settled.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Most reads of a table whose definition changes between the statements. */
const mostReads = 5;

async function readByName(
	connection: Connection,
	name: string,
	grants: Promise<readonly Grant[]>,
): Promise<Table | undefined> {
	for (let reads = 1; ; reads += 1) {
		const { tables, torn } = await readOnce(connection, grants, name);
		const table = tables.find((found) => found.name === name);
		if (!torn.includes(name)) return table;
		if (reads === mostReads) return table && { ...table, isDefinedAnew: true };
	}
}

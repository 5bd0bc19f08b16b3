/** A pair on a server of its own, on which it is watched what statements of the engine lock. */
import type { Connection as Application, RowDataPacket } from 'mysql2/promise';
import { expect } from 'vitest';
import { LogConnection } from '../../../../source/changelog/session/log-connection.ts';
import type { Product } from '../../../../source/demo/servers/product.ts';
import { matchTables, surveySide } from '../../../../source/engine/survey/survey.ts';
import { type Route, routesOf } from '../../../../source/transfer/rows/route.ts';
import { startOwnServer } from '../../../support/databases.ts';
import { engineEnd } from '../../../support/ends.ts';
import { type EnginePair, enginePair } from '../../../support/engine-pair.ts';
import type { AtEnd } from '../../../support/suites.ts';
import { flat } from './source-statements.ts';

export interface Place {
	product: Product;
	pair: EnginePair;
	/** The engine's connections; the work that is watched is that of `local`. */
	local: LogConnection;
	cloud: LogConnection;
	/** The tables by name, from cloud to local. */
	routes: ReadonlyMap<string, Route>;
	/** An application that has rows beside the named ones locked. */
	bystander: Application;
	/** Sees everything on the server. */
	root: Application;
	/** Statements of the engine that were run so far, each on one line. */
	seen: Set<string>;
}

/** Work of the engine beside an application that has other rows locked. */
export interface Case {
	name: string;
	/** What the application does in a transaction that stays open meanwhile. */
	bystander: readonly string[];
	work: (place: Place) => Promise<unknown>;
	/** How many rows it names; null where it ends its transactions itself. */
	named: number | null;
}

/** Bytes of the largest packet: little, so that a row of a test can be too much for a statement. */
const largestPacket = 1024 * 1024;

export async function makePlace(
	product: Product,
	schema: readonly string[],
	atEnd: AtEnd,
): Promise<Place> {
	const server = await startOwnServer(product, {
		args: [
			'--log-output=TABLE',
			`--max-allowed-packet=${largestPacket}`,
			...(product === 'mysql' ? ['--performance-schema=ON'] : []),
		],
		atEnd,
	});
	const pair = await enginePair({ local: server, cloud: server }, { schema, atEnd });
	await pair.sync();
	const open = async (side: 'local' | 'cloud', nodeId: string) => {
		const connection = await LogConnection.open(engineEnd(pair[side], { side, nodeId }));
		await connection.run('SET innodb_lock_wait_timeout = 1');
		atEnd(() => connection.close());
		return connection;
	};
	const local = await open('local', 'site');
	const cloud = await open('cloud', 'cloud');
	const surveys = {
		local: await surveySide(local, pair.config),
		cloud: await surveySide(cloud, pair.config),
	};
	return {
		...{ product, pair, local, cloud },
		routes: routesOf(matchTables(pair.config, surveys), 'cloud_to_local'),
		bystander: await pair.local.connect(),
		root: await pair.local.connect(),
		seen: new Set(),
	};
}

/** Does the work beside the application, and expects it to wait for nothing and to lock what it names. */
export async function watch(place: Place, { bystander, work, named }: Case): Promise<void> {
	await place.bystander.query('START TRANSACTION');
	for (const statement of bystander) await place.bystander.query(statement);
	try {
		await place.root.query('TRUNCATE mysql.general_log; SET GLOBAL general_log = ON');
		const locked = await doing(place, work, named).finally(() =>
			place.root.query('SET GLOBAL general_log = OFF'),
		);
		for (const statement of await logged(place)) place.seen.add(statement);
		expect(await scans(place)).toEqual([]);
		expect(locked).toBe(named);
	} finally {
		await place.bystander.query('ROLLBACK');
	}
}

/** Resolves to how many rows are locked in the end. */
async function doing(
	place: Place,
	work: Case['work'],
	named: number | null,
): Promise<number | null> {
	if (named === null) {
		await work(place);
		return null;
	}
	await place.local.run('START TRANSACTION');
	try {
		await work(place);
		return await lockedRows(place);
	} finally {
		await place.local.run('ROLLBACK');
	}
}

/** Rows that the engine's session has locked. */
async function lockedRows({ product, local, root }: Place): Promise<number> {
	const [session] = await local.rows<{ id: string }>('SELECT CONNECTION_ID() AS id');
	// InnoDB answers from a copy until nobody has asked for a tenth of a second.
	await root.query('DO SLEEP(0.15)');
	const [[found]] = await root.query<RowDataPacket[]>(
		product === 'mysql'
			? `SELECT COUNT(*) AS locked
			FROM performance_schema.data_locks
			JOIN information_schema.innodb_trx ON trx_id = engine_transaction_id
			WHERE trx_mysql_thread_id = ? AND lock_type = 'RECORD' AND index_name = 'PRIMARY'`
			: `SELECT trx_rows_locked AS locked
			FROM information_schema.innodb_trx
			WHERE trx_mysql_thread_id = ?`,
		[session?.id],
	);
	return Number(found?.locked ?? 0);
}

const locksRows = /^(UPDATE|DELETE)\b|\b(FOR UPDATE|LOCK IN SHARE MODE)\b/;

/** The statements that the engine has run since the log began. */
async function logged({ local, cloud, root }: Place): Promise<string[]> {
	const ids: string[] = [];
	for (const connection of [local, cloud]) {
		const [row] = await connection.rows<{ id: string }>('SELECT CONNECTION_ID() AS id');
		ids.push(String(row?.id));
	}
	const [rows] = await root.query<RowDataPacket[]>(
		`SELECT CONVERT(argument USING utf8mb4) AS statement
		FROM mysql.general_log
		WHERE thread_id IN (?) AND command_type IN ('Query', 'Execute')`,
		[ids],
	);
	// MariaDB logs a packet as it came. No value of these tests has a semicolon in it.
	return rows.flatMap(({ statement }) => String(statement).split(';').map(flat).filter(Boolean));
}

/** What of the statements that lock rows goes through more than the rows that are named, in words. */
async function scans(place: Place): Promise<string[]> {
	const found: string[] = [];
	for (const statement of await logged(place)) {
		if (!locksRows.test(statement)) continue;
		for (const { type, key } of await plan(place, statement)) {
			if (['const', 'eq_ref', 'ref', 'range'].includes(type) && key !== null) continue;
			found.push(`${type} of ${key}: ${statement.slice(0, 200)}`);
		}
	}
	return found;
}

async function plan({ product, local, cloud }: Place, statement: string) {
	const format = product === 'mysql' ? 'FORMAT = TRADITIONAL ' : '';
	for (const connection of [local, cloud]) {
		const rows = await connection
			.rows<{ table: string | null; type: string | null; key: string | null }>(
				`EXPLAIN ${format}${statement}`,
			)
			.catch(() => null);
		// Without a type there is no such row, or no table.
		if (rows) return rows.flatMap(({ type, key }) => (type === null ? [] : { type, key }));
	}
	throw new Error(`no plan of ${statement.slice(0, 200)}`);
}

import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { type Side, sides } from '../../source/config/types.ts';
import { readStatus } from '../../source/engine/monitor/status.ts';
import { listConflicts, listForScreen } from '../../source/engine/records/conflicts.ts';
import { readHistory } from '../../source/engine/records/history.ts';
import { listParked, listParkedForScreen } from '../../source/engine/records/parked.ts';
import { closeBoth, openBoth } from '../../source/engine/shared/connections.ts';
import { asSyncError } from '../../source/errors.ts';
import { type EnginePair, enginePair, errorsOf } from '../support/engine-pair.ts';
import { describeOneWay, everyday, everything } from '../support/suites.ts';

const peers: Record<Side, string> = { local: 'cloud', cloud: 'site' };

async function onBoth(pair: EnginePair, work: (connection: Connection, side: Side) => unknown) {
	for (const side of sides) await work(pair[side].connection, side);
}

const noConfig = { path: '', nodeId: 'site', refresh: 1000, readOnly: false, pairs: [] };

let written = 100;

/**
 * Writes a row to each side, syncs, and looks at the pair as the commands and the screen do. Resolves to
 * what went wrong, and to what was said.
 */
async function goesOn(pair: EnginePair): Promise<{ faults: string[]; said: string }> {
	written += 1;
	const row = { local: written, cloud: -written };
	await onBoth(pair, (connection, side) =>
		connection.query(`INSERT INTO num VALUES (${row[side]}, 1)`),
	);
	const faults: string[] = [];
	const tell = (where: string, thrown: unknown) => {
		const error = asSyncError(thrown);
		faults.push(`${where}: ${error.code} ${error.describe()}`);
	};
	const said: string[] = [];
	try {
		const moved = await pair.sync();
		said.push(...errorsOf(moved), ...moved.said, ...moved.unsettled);
		for (const { code, message } of [
			...moved.local_to_cloud.errors,
			...moved.cloud_to_local.errors,
		])
			if (code === 'internal') faults.push(message);
	} catch (thrown) {
		tell('sync', thrown);
	}
	await onBoth(pair, async (connection, side) => {
		const here = row[side === 'local' ? 'cloud' : 'local'];
		const [rows] = await connection.query<RowDataPacket[]>(`SELECT 1 FROM num WHERE id = ${here}`);
		if (rows.length === 0) faults.push(`no row from the other side on ${side}`);
	});
	const connections = await openBoth(pair.config);
	const looks: Record<string, () => Promise<unknown>> = {
		status: async () => {
			const { errors } = await readStatus(noConfig, [pair.config]);
			for (const error of errors) if (error.code === 'internal') throw error;
		},
		conflicts: () => listConflicts(connections, pair.config, false),
		errors: () => listParked(connections, pair.config),
		'conflicts on the screen': () =>
			Promise.all(sides.map((side) => listForScreen(connections[side], peers[side]))),
		'parked on the screen': () => listParkedForScreen(connections.local, 'local_to_cloud', 'cloud'),
		history: () => readHistory(connections, pair.config, 'num', ['2']),
	};
	for (const [name, look] of Object.entries(looks)) {
		await look().catch((thrown) => tell(name, thrown));
	}
	await closeBoth(connections);
	return { faults, said: said.join('\n') };
}

/** A pair with a conflict, a parked change, marks and all else on record. */
async function busyPair(products: Parameters<typeof enginePair>[0]): Promise<EnginePair> {
	const pair = await enginePair(products, {
		schema: [
			'CREATE TABLE num (id INT PRIMARY KEY, v INT)',
			'CREATE TABLE txt (id VARCHAR(50) PRIMARY KEY, v INT)',
			'CREATE TABLE dat (id DATE PRIMARY KEY, v INT)',
			'CREATE TABLE moment (id TIMESTAMP(3) PRIMARY KEY, v INT)',
			'CREATE TABLE price (id DECIMAL(6, 2) PRIMARY KEY, v INT)',
			'CREATE TABLE flags (id BIT(12) PRIMARY KEY, v INT)',
			'CREATE TABLE two (id INT, k VARCHAR(9), v INT, PRIMARY KEY (id, k))',
		],
		config: { conflict: 'manual' },
	});
	await pair.cloud.connection.query('ALTER TABLE num ADD CONSTRAINT small CHECK (v < 1000)');
	await pair.sync();
	await pair.local.connection.query(
		`INSERT INTO num VALUES (1, 1), (2, 2), (3, 3), (4, 4);
		INSERT INTO txt VALUES ('a', 1);
		INSERT INTO dat VALUES ('2026-01-02', 1);
		INSERT INTO two VALUES (1, 'a', 1)`,
	);
	await pair.sync();
	await pair.local.connection.query(
		'UPDATE num SET v = 5000 WHERE id = 1; UPDATE num SET v = 21 WHERE id = 2',
	);
	await pair.cloud.connection.query('UPDATE num SET v = 22 WHERE id = 2');
	await pair.sync();
	// The application's own session writes what a careless person would.
	await onBoth(pair, (connection) => connection.query("SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'"));
	return pair;
}

/** Puts an entry into the change log of a side. Resolves to its id. */
async function enter(connection: Connection, entry: Record<string, string>): Promise<string> {
	const all = {
		...{ table_name: "'num'", operation: "'UPDATE'", row_key: "'x34'" },
		...{ source_node: "''", applied_nodes: "''", changed_at: 'UTC_TIMESTAMP(6)', ...entry },
	};
	await connection.query(
		`INSERT INTO change_log (${Object.keys(all)}) VALUES (${Object.values(all).join(', ')})`,
	);
	const [[row]] = await connection.query<RowDataPacket[]>('SELECT MAX(id) AS id FROM change_log');
	return String(row?.id);
}

const senselessKeys: Record<string, readonly string[]> = {
	num: ["'zz'", "'x7A7A'", "'x3'", "'x31,x32'", "''", "'x'", 'NULL', "REPEAT('q', 6400)", "'xFF'"],
	txt: ['NULL', "'xFF'", "REPEAT('q', 6400)"],
	dat: ["'zz'", "'x323032362D31332D3435'", "'xC3'"],
	moment: ["'zz'", "'x2D31'"],
	price: ["'zz'", "'1e5'"],
	flags: ["REPEAT('q', 9)", "'x'"],
	two: ["'zz'", "'x31'", "'x31,x61,x62'", "'x7A,x61'", 'NULL'],
};

describeOneWay('an entry of the change log that makes no sense, between', (products) => {
	it('is set aside with its id and a fix, whatever it contains', async () => {
		const pair = await busyPair(products);
		const entries: Record<string, string>[] = [
			...Object.entries(senselessKeys).flatMap(([table, keys]) =>
				everyday(keys, 2).map((row_key) => ({ table_name: `'${table}'`, row_key })),
			),
			{ operation: "''" },
			{ source_node: "'a,b'" },
			{ applied_nodes: "REPEAT('n', 2048)" },
		];
		for (const entry of entries) {
			const ids: string[] = [];
			await onBoth(pair, async (connection) => ids.push(await enter(connection, entry)));
			const { faults, said } = await goesOn(pair);
			expect(faults, JSON.stringify(entry)).toEqual([]);
			const connections = await openBoth(pair.config);
			const parked = await listParked(connections, pair.config);
			await closeBoth(connections);
			for (const id of ids) {
				expect(said).toContain(`entry ${id} of change_log is invalid`);
				const words = parked
					.map(({ message }) => message)
					.find((message) => message.includes(` ${id} of`));
				expect(words).toContain(`DELETE FROM change_log WHERE id = ${id}`);
			}
			// The cure helps.
			await onBoth(pair, async (connection, side) => {
				await connection.query(
					`DELETE FROM change_log WHERE id = ${ids[sides.indexOf(side)]};
					UPDATE change_log_parked SET next_at = UTC_TIMESTAMP(6)`,
				);
			});
			expect((await goesOn(pair)).said).not.toContain('of change_log is invalid');
		}
	}, 240_000);

	it('is reported if its table does not exist, and harmless if it makes sense', async () => {
		const pair = await busyPair(products);
		for (const entry of [
			{ changed_at: "'9999-12-31 23:59:59.999999'" },
			{ changed_at: "'0000-00-00'" },
			{ changed_at: 'NULL' },
			{ id: '0' },
			{ applied_nodes: "' ,,x '" },
			{ applied_nodes: "'\\t'" },
			{ source_node: "'nobody'" },
			{ row_key: "'4'" },
			{ row_key: "'x393939'" },
			{ table_name: "'none'" },
			{ table_name: "''" },
		]) {
			const [id] = [await enter(pair.local.connection, entry)];
			const { faults, said } = await goesOn(pair);
			expect(faults, JSON.stringify(entry)).toEqual([]);
			expect(said, JSON.stringify(entry)).not.toContain('of change_log is invalid');
			if ('table_name' in entry) expect(said).toContain('the table no longer exists');
			await pair.local.connection.query(`DELETE FROM change_log WHERE id = ${id}`);
		}
	}, 120_000);

	it('is reported with a fix if it uses up the last id', async () => {
		const pair = await busyPair(products);
		const { local, cloud } = pair;
		await cloud.connection.query(
			"INSERT INTO change_log (id, table_name, operation) VALUES (18446744073709551615, 'num', 'UPDATE')",
		);
		await expect(cloud.connection.query('INSERT INTO num VALUES (50, 1)')).rejects.toThrow();
		await local.connection.query("INSERT INTO txt VALUES ('later', 1)");
		const failed = pair.sync();
		await expect(failed).rejects.toThrow();
		const { errors } = await readStatus(noConfig, [pair.config]);
		const words = errors.map((error) => error.describe()).join('\n');
		expect(words).toMatch(/the application's writes to tracked tables fail/);
		const [, cure = ''] = /Fix \(cloud\): (.*?AUTO_INCREMENT = 1)/.exec(words) ?? [];
		await cloud.connection.query(cure);
		await cloud.connection.query('INSERT INTO num VALUES (50, 1)');
		await pair.sync();
		const [rows] = await cloud.connection.query<RowDataPacket[]>(
			"SELECT 1 FROM txt WHERE id = 'later'",
		);
		expect(rows).toHaveLength(1);
	}, 120_000);

	it('is set aside in an older log too, whose columns take anything', async () => {
		const pair = await enginePair(products, {
			schema: [
				'CREATE TABLE num (id INT PRIMARY KEY, v INT)',
				`CREATE TABLE change_log (
					id INT AUTO_INCREMENT PRIMARY KEY, table_name VARCHAR(64) CHARACTER SET utf8mb4 NULL,
					operation VARCHAR(300) NULL, row_key TEXT CHARACTER SET utf8mb4 NULL,
					source_node VARCHAR(64) NULL
				)`,
			],
		});
		await pair.sync();
		for (const entry of [
			{ operation: 'NULL' },
			{ operation: "REPEAT('frobnicate ', 20)" },
			{ row_key: "REPEAT('é', 7000)" },
			{ row_key: "'日本'" },
			{ id: '-5', row_key: "'zz'" },
			{ table_name: 'NULL' },
		]) {
			const id = await enter(pair.local.connection, entry);
			const { faults, said } = await goesOn(pair);
			expect(faults, JSON.stringify(entry)).toEqual([]);
			expect(said).toMatch(/of change_log is invalid|the table no longer exists/);
			await pair.local.connection.query(
				`DELETE FROM change_log WHERE id IN (${id}, -5); DELETE FROM change_log_parked`,
			);
		}
		await enter(pair.local.connection, { operation: "'insert'", row_key: "'7'" });
		await pair.local.connection.query('INSERT INTO num VALUES (7, 7)');
		expect((await goesOn(pair)).faults).toEqual([]);
		expect(await pair.differences()).toEqual([]);
	}, 120_000);
});

/** In the everyday run, of each kind what did most harm. */
const garbage: Record<'text' | 'number' | 'time', { most: string[]; more: string[] }> = {
	text: {
		most: ["'zz'", "'1-99999999999999'", 'NULL'],
		more: ["''", "'x31,x32'", "','", '\'{"a":\'', "'5'", "REPEAT('q', 2000)", "'\\t'"],
	},
	number: { most: ['18446744073709551615', '0'], more: ['4294967295', '127', '-1', 'NULL'] },
	time: { most: ["'9999-12-31 23:59:59.999999'", "'0000-00-00'"], more: ["'1000-01-01'", 'NULL'] },
};

function garbageFor(type: string): string[] {
	const { most, more } = garbage[/int/.test(type) ? 'number' : /date/.test(type) ? 'time' : 'text'];
	return everything ? [...most, ...more] : most;
}

/** Something on record in each of the program's tables. */
async function fillTables(connection: Connection, side: Side): Promise<void> {
	const peer = peers[side];
	await connection.query(
		`REPLACE INTO change_log_receipts VALUES ('${peer}', '1-3', REPEAT('a', 64));
		INSERT INTO change_log_requests (lease, directions, host, person, requested_at)
		VALUES ('cloud,site', 'local_to_cloud', 'h', 'p', UTC_TIMESTAMP(6));
		INSERT IGNORE INTO change_log_conflicts (id, peer, table_name, row_key, display_key, detected_at)
		VALUES (90, '${peer}', 'num', 'x34', 'id=4', UTC_TIMESTAMP(6));
		INSERT IGNORE INTO change_log_conflict_rows VALUES (90, 'local', 0, '{"id":4}');
		INSERT INTO change_log_parked (peer, table_name, row_key, display_key, last_change, operation,
			code, message, attempts, first_at, last_at, next_at)
		VALUES ('${peer}', 'num', 'x33', 'id=3', 1, 'UPDATE', '1', 'm', 1,
			UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))`,
	);
}

/** Writes a value into a column, whatever may become of it. Resolves to what puts all back, or null. */
async function spoil(connection: Connection, table: string, column: string, value: string) {
	await connection.query(
		`DROP TABLE IF EXISTS change_log_kept;
		CREATE TABLE change_log_kept AS SELECT * FROM ${table}`,
	);
	const changed = await connection
		.query<ResultSetHeader>(`UPDATE IGNORE ${table} SET ${column} = ${value} LIMIT 2`)
		.then(([{ affectedRows }]) => affectedRows > 0)
		.catch(() => false);
	const putBack = () =>
		connection.query(
			`DELETE FROM ${table};
			INSERT IGNORE INTO ${table} SELECT * FROM change_log_kept;
			DROP TABLE change_log_kept;
			UPDATE change_log_leases SET holder = ''`,
		);
	return { changed, putBack };
}

const ownTables = [
	...['receipts', 'leases', 'parked', 'conflicts', 'conflict_rows', 'batches', 'nodes', 'requests'],
	...['marks', 'progress'],
].map((name) => `change_log_${name}`);

describeOneWay('garbage in a table of this program, between', (products) => {
	const title = 'stops nothing, in whatever column of %s';
	it.each(everyday(ownTables, 2))(title, { timeout: 300_000 }, async (table) => {
		const pair = await busyPair(products);
		await onBoth(pair, fillTables);
		const ends = table === 'change_log_marks' ? [pair.local] : [pair.local, pair.cloud];
		const [columns] = await pair.local.connection.query<RowDataPacket[]>(
			`SELECT column_name AS name, data_type AS type
			FROM information_schema.columns
			WHERE table_schema = DATABASE() AND table_name = '${table}'`,
		);
		expect(columns.length).toBeGreaterThan(2);
		for (const { name, type } of columns) {
			for (const value of garbageFor(type)) {
				const spoilt = [];
				for (const { connection } of ends) spoilt.push(await spoil(connection, table, name, value));
				if (spoilt.some(({ changed }) => changed)) {
					expect((await goesOn(pair)).faults, `${name} = ${value}`).toEqual([]);
				}
				for (const { putBack } of spoilt) await putBack();
			}
		}
	});
});

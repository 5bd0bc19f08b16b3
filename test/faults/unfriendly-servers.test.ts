/**
 * Servers whose globals and init_connect would change what the program's statements read, write or commit.
 * Rows travel both ways, and both ends are compared by sessions that began before.
 */
import { randomBytes } from 'node:crypto';
import type { RowDataPacket } from 'mysql2/promise';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Side, sides } from '../../source/config/types.ts';
import type { Product } from '../../source/demo/servers/product.ts';
import { startOwnServer } from '../support/databases.ts';
import { type EnginePair, enginePair, errorsOf } from '../support/engine-pair.ts';
import type { PairEnd } from '../support/pair.ts';
import { type AtEnd, atSuiteEnd, describeOn, everything } from '../support/suites.ts';

/** Globals by name, the value as SQL. */
type Globals = Readonly<Record<string, string | number>>;

const ofBoth: readonly Globals[] = [
	{ sql_select_limit: 99 },
	{ sql_select_limit: 1 },
	{ completion_type: 1 },
	{ completion_type: 2 },
	{ max_join_size: 1, sql_big_selects: 0 },
	{ group_concat_max_len: 4 },
	{ transaction_read_only: 1 },
	{ transaction_isolation: "'SERIALIZABLE'" },
	{ lc_messages: "'de_DE'" },
	{ lc_time_names: "'de_DE'" },
	{ sql_safe_updates: 1 },
	{ sql_auto_is_null: 1 },
	{ sql_buffer_result: 1 },
	{ sql_notes: 0, sql_quote_show_create: 0 },
	{ max_error_count: 0 },
	{ max_sort_length: 64 },
	{ sort_buffer_size: 1024 },
	{ autocommit: 0 },
	{ foreign_key_checks: 0, unique_checks: 0 },
	{ time_zone: "'+05:30'" },
	{
		sql_mode:
			"'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,PAD_CHAR_TO_FULL_LENGTH,IGNORE_SPACE'",
	},
	{ character_set_server: 'latin1', collation_connection: 'utf8mb4_bin' },
	{ div_precision_increment: 0, default_week_format: 7 },
	{ big_tables: 1, tmp_table_size: 1024, max_heap_table_size: 16384 },
	{ eq_range_index_dive_limit: 1 },
	{ lock_wait_timeout: 1, innodb_lock_wait_timeout: 1 },
	{ low_priority_updates: 1, updatable_views_with_limit: 0 },
	{ auto_increment_increment: 7, auto_increment_offset: 3 },
	{ session_track_system_variables: "'*'", session_track_transaction_info: "'CHARACTERISTICS'" },
	{ init_connect: "'SET sql_select_limit = 1'" },
	{ init_connect: "'SET timestamp = 1000000000'" },
	{ init_connect: "'SET NAMES latin1; SET SESSION TRANSACTION READ ONLY'" },
	{ init_connect: "'SET autocommit = 0; START TRANSACTION READ ONLY'" },
	{ init_connect: "'USE information_schema'" },
];

const ofOne: Record<Product, readonly Globals[]> = {
	mariadb: [
		{ system_versioning_asof: "'2020-01-01'" },
		{ check_constraint_checks: 0 },
		{ in_predicate_conversion_threshold: 2 },
		{ max_statement_time: 0.001 },
		{ query_cache_size: 1048576, query_cache_type: 1 },
		{ old_mode: "'ZERO_DATE_TIME_CAST'" },
		{ sql_if_exists: 1 },
		{ alter_algorithm: "'INSTANT'" },
		{ standard_compliant_cte: 0, max_recursive_iterations: 1 },
		{ innodb_snapshot_isolation: 1 },
		{ innodb_snapshot_isolation: 0 },
		{ wsrep_dirty_reads: 1, wsrep_sync_wait: 7 },
		{ optimizer_max_sel_args: 2, optimizer_max_sel_arg_weight: 1 },
		{ optimizer_use_condition_selectivity: 1, join_cache_level: 0 },
		{ system_versioning_insert_history: 1 },
		{ default_regex_flags: "'DOTALL,EXTENDED'" },
		{ idle_transaction_timeout: 1 },
	],
	mysql: [
		{ max_execution_time: 1 },
		{ range_optimizer_max_mem_size: 1 },
		{ cte_max_recursion_depth: 0 },
		{ show_gipk_in_create_table_and_information_schema: 0 },
		{ sql_require_primary_key: 1, sql_generate_invisible_primary_key: 1 },
		{ explicit_defaults_for_timestamp: 0 },
		{ enable_cascade_triggers: 1 },
		{ default_collation_for_utf8mb4: 'utf8mb4_general_ci' },
		{ information_schema_stats_expiry: 0 },
		{ session_track_gtids: "'ALL_GTIDS'" },
		{ internal_tmp_mem_storage_engine: 'MEMORY' },
		{ optimizer_switch: "'prefer_ordering_index=off,use_invisible_indexes=on'" },
	],
};

/** More rows than any of the limits. */
const rows = 101;

function schemaOn(product: Product): string[] {
	const versioned = product === 'mariadb' ? 'WITH SYSTEM VERSIONING' : '';
	return [
		`CREATE TABLE item (id INT PRIMARY KEY, n INT, d DOUBLE, word VARCHAR(20) UNIQUE, at TIMESTAMP(6) NULL,
			day DATE, amount DECIMAL(20, 10), bytes BLOB, doc JSON, CHECK (n >= 0))`,
		'CREATE TABLE part (a INT, b VARCHAR(20), item INT, PRIMARY KEY (a, b), FOREIGN KEY (item) REFERENCES item (id) ON DELETE CASCADE)',
		'CREATE TABLE node (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES node (id) ON DELETE CASCADE)',
		`CREATE TABLE kept (id INT PRIMARY KEY, n INT) ${versioned}`,
	];
}

const products: Record<Side, Product> = { local: 'mariadb', cloud: 'mysql' };

/** A pair on its own servers, reached by an account that init_connect is run for. */
async function ownPair(atEnd: AtEnd): Promise<EnginePair> {
	const [local, cloud] = await Promise.all(
		sides.map((side) => startOwnServer(products[side], { atEnd })),
	);
	if (!local || !cloud) throw new Error('a server is missing');
	const schema = { local: schemaOn(products.local), cloud: schemaOn(products.cloud) };
	const pair = await enginePair({ local, cloud }, { schema, atEnd });
	for (const side of sides) {
		const { connection, name } = pair[side];
		const password = randomBytes(12).toString('base64url');
		await connection.query(
			`SET sql_mode = 'ALLOW_INVALID_DATES';
			SET GLOBAL log_bin_trust_function_creators = 1;
			CREATE USER engine@'%' IDENTIFIED BY '${password}';
			GRANT ALL ON \`${name}\`.* TO engine@'%'`,
		);
		Object.assign(pair.config[side], { user: 'engine', password });
	}
	return pair;
}

/** New rows on both sides, and changes of those that the round before left there. */
async function write(pair: EnginePair, round: number): Promise<void> {
	for (const side of sides) {
		const first = (side === 'local' ? 0 : 500) + round * 1000;
		const ids = Array.from({ length: rows }, (_, index) => first + index);
		const list = (row: (id: number) => string) => ids.map(row).join(', ');
		const older = `id BETWEEN ${first - 1000} AND ${first - 1000 + rows}`;
		await pair[side].connection.query(
			`INSERT INTO item VALUES ${list((id) => `(${id}, ${id}, ${id} / 7e0, 'w${id}', '2024-10-27 01:30:00.5', '2024-02-31', ${id}.0000000001, x'00${id % 10}F', '{"a": 1.5}')`)};
			INSERT INTO part VALUES ${list((id) => `(${id}, 'x', ${id})`)};
			INSERT INTO node VALUES ${list((id) => `(${id}, ${id % 10 === 0 ? 'NULL' : id - 1})`)};
			INSERT INTO kept VALUES ${list((id) => `(${id}, 1)`)};
			UPDATE item SET n = n + 1 WHERE ${older};
			UPDATE kept SET n = n + 1 WHERE ${older};
			DELETE FROM kept WHERE ${older} AND id % 3 = 0;
			DELETE FROM item WHERE ${older} AND id % 4 = 0;
			DELETE FROM node WHERE id IN (${first - 1000 + 54}, ${first - 1000 + 61})`,
		);
	}
}

/** Syncs, and expects the rows of the latest round on both sides, with nothing left to do. */
async function expectEqual(pair: EnginePair, rounds: number): Promise<void> {
	const moved = await pair.sync();
	expect(errorsOf(moved)).toEqual([]);
	expect(await pair.differences()).toEqual([]);
	for (const side of sides) {
		const [[row]] = await pair[side].connection.query<RowDataPacket[]>(
			'SELECT COUNT(*) AS n FROM kept WHERE id >= ?',
			[rounds * 1000],
		);
		expect(Number(row?.n)).toBe(2 * rows);
	}
	const again = await pair.sync();
	expect(again.local_to_cloud.applied + again.cloud_to_local.applied).toBe(0);
}

async function setGlobals({ connection, product }: PairEnd, globals: Globals): Promise<void> {
	for (const [name, value] of Object.entries(globals)) {
		// MariaDB has had the newer names since 11.1.
		const known = product === 'mariadb' ? name.replace(/^transaction_/, 'tx_') : name;
		await connection.query(`SET GLOBAL ${known} = ${value}`);
	}
}

describeOn(['mariadb', 'mysql'], 'globals that would change what statements do', () => {
	it('do no harm all at once, from the installation on', async () => {
		const pair = await ownPair(onTestFinished);
		for (const side of sides) {
			const all = [...ofBoth, ...ofOne[products[side]]];
			await setGlobals(pair[side], Object.assign({}, ...all));
			await setGlobals(pair[side], {
				init_connect: `'SET sql_select_limit = 1, timestamp = 1000000000, autocommit = 0; SET NAMES latin1; SET SESSION TRANSACTION READ ONLY; START TRANSACTION READ ONLY; USE information_schema'`,
			});
		}
		expect(errorsOf(await pair.sync())).toEqual([]);
		for (const round of [1, 2]) {
			await write(pair, round);
			await expectEqual(pair, round);
		}
		// Nothing of the installation is done again.
		expect((await pair.sync()).said.join('\n')).not.toMatch(/pair: (local|cloud): /);
	});

	describe.skipIf(!everything)('one by one', () => {
		const atEnd = atSuiteEnd();
		let pair: EnginePair;
		let round = 0;

		beforeAll(async () => {
			pair = await ownPair(atEnd);
			expect(errorsOf(await pair.sync())).toEqual([]);
		});

		async function travels(globals: Partial<Record<Side, Globals>>): Promise<void> {
			round += 1;
			try {
				for (const side of sides) await setGlobals(pair[side], globals[side] ?? {});
				await write(pair, round);
				await expectEqual(pair, round);
			} finally {
				for (const side of sides) {
					const names = Object.keys(globals[side] ?? {});
					const defaults = names.map((name) => [name, 'DEFAULT'] as const);
					await setGlobals(pair[side], Object.fromEntries(defaults));
				}
			}
		}

		for (const globals of ofBoth) {
			it(`${inWords(globals)} on both sides does no harm`, () =>
				travels({ local: globals, cloud: globals }));
		}
		for (const side of sides) {
			for (const globals of ofOne[products[side]]) {
				it(`${inWords(globals)} on ${products[side]} does no harm`, () =>
					travels({ [side]: globals }));
			}
		}
	});
});

function inWords(globals: Globals): string {
	return Object.entries(globals)
		.map(([name, value]) => `${name} = ${value}`)
		.join(', ');
}

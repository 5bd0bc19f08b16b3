/**
 * The variables of every session of this program, whatever the server's globals and `init_connect` say. Both
 * servers' complete lists of session variables were reviewed. Pinned is everything that can change what our
 * statements read, write or commit, and that an account without special rights may set. Not pinned is what
 * the application's own triggers and generated columns may depend on (div_precision_increment,
 * default_week_format, lc_time_names, enable_cascade_triggers): for an applied row they must do what they do
 * for the application. Also not pinned is what only affects speed, and what only privileged accounts may set
 * (sql_log_bin, binlog_format, max_error_count on MySQL).
 */
import { quoteName } from '../sql/identifiers.ts';
import { quoteString, quoteStrings } from '../sql/literals.ts';

/** Seconds that a statement waits for a row or table lock before it yields to the application. */
const lockWait = 5;

/** Values as SQL, by name. */
type Variables = Readonly<Record<string, string | number>>;

/** Higher than any number of rows: `DEFAULT` would be the global value. */
const noLimit = '18446744073709551615';

/** Variables that both products have in every supported version. */
const ofBoth: Variables = {
	// Values: without a fixed time zone instants collapse at a DST change, without a strict mode 999 becomes
	// 127, without NO_AUTO_VALUE_ON_ZERO the id 0 becomes a new id, without ALLOW_INVALID_DATES zero dates are
	// refused. Backslash escapes stay on and ANSI_QUOTES off: literals are written for that.
	time_zone: "'+00:00'",
	sql_mode: "'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION'",
	// With a frozen clock no lease would expire, and all changes would have the same age.
	timestamp: 'DEFAULT',
	// Rows: a limit truncates every SELECT without its own.
	sql_select_limit: noLimit,
	// Otherwise max_join_size refuses SELECTs (1104). Setting max_join_size would turn this off again.
	sql_big_selects: 1,
	// Otherwise `WHERE id IS NULL` finds the last inserted row.
	sql_auto_is_null: 0,
	// Otherwise UPDATE and DELETE are refused (1175) if the server finds no usable key.
	sql_safe_updates: 0,
	// Otherwise each result passes through a temporary table, whose columns have different types.
	sql_buffer_result: 0,
	group_concat_max_len: 4294967295,
	// Sorting compares this many bytes of a text.
	max_sort_length: 1024,
	// If it is too small, sorting fails (1038).
	sort_buffer_size: 2_097_152,
	// Messages that are parsed: warnings about tables omitted from the catalogue, names in errors.
	lc_messages: "'en_US'",
	sql_notes: 1,
	sql_quote_show_create: 1,
	// Transactions: CHAIN would start the next one automatically, RELEASE would end the connection.
	completion_type: 0,
	autocommit: 1,
	// Keys are checked, so that invalid rows are refused.
	foreign_key_checks: 1,
	unique_checks: 1,
	// The application must not wait long.
	lock_wait_timeout: lockWait,
	innodb_lock_wait_timeout: lockWait,
};

/** MariaDB's, as far as the server has them: versions and builds differ, and old ones get removed. */
const ofMariadb: Variables = {
	// Otherwise versioned tables would be read as of another time, without the latest rows.
	system_versioning_asof: 'DEFAULT',
	check_constraint_checks: 1,
	// With 0, the warning about tables omitted from the catalogue is lost.
	max_error_count: 64,
	// Otherwise a longer IN list becomes a subquery, and the whole table is read.
	in_predicate_conversion_threshold: 0,
	// With a lower limit for the ranges of a long list, the whole table is read, and locked.
	optimizer_max_sel_arg_weight: 32000,
	optimizer_max_sel_args: 16000,
	// Otherwise a row changed since the snapshot fails a statement, and
	// statements wait for rows that they do not name.
	innodb_snapshot_isolation: 0,
	// Otherwise a node that lost its cluster can be read as if it had not.
	wsrep_dirty_reads: 0,
	query_cache_type: 0,
	sql_if_exists: 0,
	alter_algorithm: "'DEFAULT'",
	// Rows that foreign keys reach in a cycle are found by recursion.
	standard_compliant_cte: 1,
	max_recursive_iterations: 4294967295,
};

/** By product and the first version that has them, as the start of an executable comment. */
const byVersion: Readonly<Record<string, Variables>> = {
	'/*M!100500': {
		// This program has its own time-outs; a statement that is cut off would be retried forever.
		max_statement_time: 0,
	},
	'/*M!100601': {
		// Without this value, `utf8` in an older catalogue would mean utf8mb4;
		// another value would cast a TIME to a date differently.
		old_mode: "'UTF8_IS_UTF8MB3'",
	},
	'/*!80000': {
		// See max_statement_time.
		max_execution_time: 0,
		// With too little memory for the ranges of a long IN list the whole table is read, and locked.
		range_optimizer_max_mem_size: 0,
		// See max_recursive_iterations.
		cte_max_recursion_depth: 4294967295,
	},
	'/*!80030': {
		// Otherwise the catalogue hides a primary key that the server generated.
		show_gipk_in_create_table_and_information_schema: 1,
	},
};

/**
 * The statements, in one packet, that set up a new session. Each product
 * ignores the other's parts as comments.
 */
export function pinningStatements(database: string): string[] {
	const values = Object.entries(ofMariadb).map(
		([name, value]) => `WHEN ${quoteString(name)} THEN ${quoteString(String(value))}`,
	);
	return [
		'SET NAMES utf8mb4',
		`SET SESSION ${[
			assignments(ofBoth),
			...Object.entries(byVersion).map(
				([opening, variables]) => `${opening} , ${assignments(variables)} */`,
			),
		].join('\n')}`,
		`/*M!100500 SET @change_log_session = (
			SELECT CONCAT('SET SESSION ',
				GROUP_CONCAT(variable_name, ' = ', CASE LOWER(variable_name) ${values.join(' ')} END))
			FROM information_schema.system_variables
			WHERE variable_name IN (${quoteStrings(Object.keys(ofMariadb))})) */
		/*!80000 DO 0 */`,
		'/*M!100500 EXECUTE IMMEDIATE @change_log_session */ /*!80000 DO 0 */',
		// READ COMMITTED, because under REPEATABLE READ marking log rows blocked writers on MariaDB.
		'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE',
		// Possible leftovers of init_connect: a transaction, locked tables, another database.
		'ROLLBACK',
		'UNLOCK TABLES',
		`USE ${quoteName(database)}`,
	];
}

function assignments(variables: Variables): string {
	return Object.entries(variables)
		.map(([name, value]) => `${name} = ${value}`)
		.join(', ');
}

/**
 * What a session of this program has, whatever the server's globals and `init_connect` say. Both servers'
 * whole lists of session variables were gone through: here stands what can change what a statement of
 * ours reads, writes or commits, and that an account without special rights may set. Left alone is what
 * the application's own triggers and generated columns may depend on (div_precision_increment,
 * default_week_format, lc_time_names, enable_cascade_triggers): they are to do for an applied row what
 * they do for the application. Left alone too is what costs time only, and what only an account with
 * special rights may set (sql_log_bin, binlog_format, max_error_count on MySQL).
 */
import { quoteName } from '../sql/identifiers.ts';
import { quoteString, quoteStrings } from '../sql/literals.ts';

/** Seconds that a statement waits for a row or table lock before it gives way to the application. */
const lockWait = 5;

/** By name, the value as SQL. */
type Variables = Readonly<Record<string, string | number>>;

/** Higher than any number of rows: `DEFAULT` would be the global value. */
const noLimit = '18446744073709551615';

/** Variables that both products have in every version that is supported. */
const ofBoth: Variables = {
	// Values: without a fixed time zone instants collapse at a DST change, without a strict mode 999 becomes
	// 127, without NO_AUTO_VALUE_ON_ZERO the id 0 becomes a new id, without ALLOW_INVALID_DATES zero dates
	// are refused. Backslash escapes stay on, and ANSI_QUOTES off: literals are written for that.
	time_zone: "'+00:00'",
	sql_mode: "'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION'",
	// A frozen clock would end no lease, and make every change as old as the next.
	timestamp: 'DEFAULT',
	// Rows: a limit cuts every SELECT that has none of its own.
	sql_select_limit: noLimit,
	// Otherwise max_join_size refuses SELECTs (1104). To set that one would turn this one off again.
	sql_big_selects: 1,
	// Otherwise `WHERE id IS NULL` finds the row that was inserted last.
	sql_auto_is_null: 0,
	// Otherwise UPDATE and DELETE are refused (1175) where the server finds no key to use.
	sql_safe_updates: 0,
	// Otherwise each result goes through a temporary table, whose columns have other types.
	sql_buffer_result: 0,
	group_concat_max_len: 4294967295,
	// Sorting compares so many bytes of a text.
	max_sort_length: 1024,
	// With too small a one, sorting fails (1038).
	sort_buffer_size: 2_097_152,
	// Texts that are read: warnings about tables that the catalogue leaves out, names in messages.
	lc_messages: "'en_US'",
	sql_notes: 1,
	sql_quote_show_create: 1,
	// Transactions: CHAIN would begin the next one by itself, RELEASE end the connection.
	completion_type: 0,
	autocommit: 1,
	// Keys are checked, so that what the target does not take is refused.
	foreign_key_checks: 1,
	unique_checks: 1,
	// The application is not to wait for long.
	lock_wait_timeout: lockWait,
	innodb_lock_wait_timeout: lockWait,
};

/** Of MariaDB, as far as the server has them: versions and builds differ, and what is old is removed. */
const ofMariadb: Variables = {
	// Versioned tables would be read as they were at some other time, and have none of the latest rows.
	system_versioning_asof: 'DEFAULT',
	check_constraint_checks: 1,
	// With none, the warning about tables that the catalogue leaves out is not kept.
	max_error_count: 64,
	// A longer IN list would be read as a subquery, and the table as a whole.
	in_predicate_conversion_threshold: 0,
	// With less room for the ranges of a long list the whole table is read, and locked.
	optimizer_max_sel_arg_weight: 32000,
	optimizer_max_sel_args: 16000,
	// Otherwise a row that changed since the snapshot fails a statement, and ours wait for rows that they
	// do not name.
	innodb_snapshot_isolation: 0,
	// A node that lost its cluster would be read as if it had not.
	wsrep_dirty_reads: 0,
	query_cache_type: 0,
	sql_if_exists: 0,
	alter_algorithm: "'DEFAULT'",
	// The rows that foreign keys reach in a circle are found by recursion.
	standard_compliant_cte: 1,
	max_recursive_iterations: 4294967295,
};

/** By product and the first version that has them, as the opening of an executable comment. */
const byVersion: Readonly<Record<string, Variables>> = {
	'/*M!100500': {
		// This program has time-outs of its own; a statement that is cut off would be tried again for ever.
		max_statement_time: 0,
	},
	'/*M!100601': {
		// Without this word `utf8`, as an older catalogue has it, would be utf8mb4; another would cast a TIME
		// to a date of its own.
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
		// Otherwise the catalogue hides a primary key that the server made itself.
		show_gipk_in_create_table_and_information_schema: 1,
	},
};

/**
 * Statements, one packet of them, that set up a session which has just begun. To each product what is
 * the other's is a comment.
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
		// What init_connect may have left: a transaction, locked tables, another database.
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

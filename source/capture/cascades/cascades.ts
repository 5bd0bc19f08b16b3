/**
 * Changes that foreign keys make to other rows (ON DELETE CASCADE, SET NULL, ON UPDATE CASCADE) fire no
 * triggers on those rows, on either server. Triggers of the referenced table therefore log the keys of the
 * rows that its foreign keys will change, and of the rows that these change in turn. Such an entry means
 * "read this row as it is now": a superfluous entry does no harm.
 */

import type { EntryWriter } from '../../changelog/log/log-entry.ts';
import { loopMarker } from '../../database/connection/session.ts';
import { findColumn, type TrackedTable } from '../../database/rows/tracked-table.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import { quoteString } from '../../database/sql/literals.ts';
import {
	lastOf,
	movesKey,
	type Path,
	pathsFrom,
	type Step,
	steps,
	type TableFate,
} from './cascade-paths.ts';
import { rowsInCircle } from './circle-rows.ts';
import { refers, rowsOnPath } from './path-rows.ts';

interface CascadeTrigger {
	timing: 'BEFORE' | 'AFTER';
	event: 'UPDATE' | 'DELETE';
	body: string;
}

/**
 * The triggers that log the effects of the table's foreign keys on other rows; none if there are no effects.
 * They name columns that foreign keys need and that therefore cannot be dropped alone. With
 * foreign_key_checks off, nothing cascades.
 */
export function cascadeTriggers(table: TrackedTable, write: EntryWriter): CascadeTrigger[] {
	const everyColumn = table.columns.map(({ name }) => name);
	const notes = (
		step: Step,
		row: 'OLD' | 'NEW',
		wanted: (fate: TableFate) => boolean = () => true,
	) => noteRows(step, { table, row }, write, wanted);
	const deletions = steps({ table, changed: null }).flatMap((step) => notes(step, 'OLD'));
	const changes = steps({ table, changed: everyColumn });
	const before = changes.flatMap((step) => whereChanged(step, notes(step, 'OLD')));
	// The new keys of rows whose primary key changes too exist only after the change.
	const after = changes.flatMap((step) => whereChanged(step, notes(step, 'NEW', movesKey)));
	const triggers: CascadeTrigger[] = [];
	if (deletions.length > 0) {
		triggers.push({ timing: 'BEFORE', event: 'DELETE', body: unlessApplying(deletions) });
	}
	if (before.length > 0) {
		triggers.push({ timing: 'BEFORE', event: 'UPDATE', body: unlessApplying(before) });
	}
	if (after.length > 0) {
		triggers.push({ timing: 'AFTER', event: 'UPDATE', body: unlessApplying(after) });
	}
	return triggers;
}

/** Skipped if this program has silenced all triggers. */
function unlessApplying(statements: readonly string[]): string {
	return `BEGIN
	IF (${loopMarker} IS NULL OR ${loopMarker} <> '') AND @@foreign_key_checks THEN
		${statements.join('\n\t\t')}
	END IF;
END`;
}

/** Compared as bytes: a change of letter case is propagated too. */
function whereChanged({ referrer }: Step, statements: readonly string[]): string[] {
	if (statements.length === 0) return [];
	const differ = referrer.foreignKey.parentColumns.map((name) => {
		const column = quoteName(name);
		return `NOT (CAST(OLD.${column} AS BINARY) <=> CAST(NEW.${column} AS BINARY))`;
	});
	return [`IF ${differ.join(' OR ')} THEN ${statements.join(' ')} END IF;`];
}

/** The row that a trigger fires for. */
interface TriggerRow {
	table: TrackedTable;
	row: 'OLD' | 'NEW';
}

/** Statements that log the rows which a step reaches from a row, at any depth. */
function noteRows(
	step: Step,
	from: TriggerRow,
	write: EntryWriter,
	wanted: (fate: TableFate) => boolean,
): string[] {
	const paths = pathsFrom(step);
	if (paths === null) return noteCircle(step, from, write);
	return paths
		.filter((path) => wanted(lastOf(path).fate))
		.flatMap((path) => notePath(path, from, write));
}

function notePath(path: Path, from: TriggerRow, write: EntryWriter): string[] {
	const { table, changed } = lastOf(path).fate;
	if (table.key === null) return [];
	const loop = forEachRow({
		variables: { reached_key: keyType },
		query: rowsOnPath(path, table.key, variableOf(path[0])),
		statement: write({
			table: quoteString(table.name),
			operation: changed === null ? "'DELETE'" : "'UPDATE'",
			rowKey: 'reached_key',
		}),
	});
	return [whileTablesLast(path[0], from, `${loop};`)];
}

/** It costs MariaDB a millisecond, so the query runs only if the first step finds a row. */
function noteCircle(first: Step, from: TriggerRow, write: EntryWriter): string[] {
	const { referrer } = first;
	const loops = rowsInCircle(first, variableOf(first)).map((query) =>
		forEachRow({
			variables: {
				reached_table: 'VARCHAR(64) CHARACTER SET utf8mb4',
				reached_operation: 'VARCHAR(6) CHARACTER SET ascii',
				reached_key: keyType,
			},
			query,
			statement: write({
				table: 'reached_table',
				operation: 'reached_operation',
				rowKey: 'reached_key',
			}),
		}),
	);
	if (loops.length === 0) return [];
	const found = `SELECT 1 FROM ${quoteName(referrer.child.name)} AS t WHERE ${refers(referrer, 't', variableOf(first))} LOCK IN SHARE MODE`;
	return [whileTablesLast(first, from, `IF EXISTS (${found}) THEN ${loops.join('; ')}; END IF;`)];
}

const keyType = 'VARCHAR(6400) CHARACTER SET ascii';

/** The variable that holds a column referenced by a step: see `whileTablesLast`. */
function variableOf({ referrer: { foreignKey } }: Step): (column: string) => string {
	return (column) => `referred_${foreignKey.parentColumns.indexOf(column)}`;
}

/**
 * A child table that is dropped, or that loses the foreign key and then the column, must not make the
 * application's writes fail (1146, 1054). The columns referenced by the first step are copied to variables:
 * MariaDB 11.8.9 crashes if a cursor reads OLD or NEW and one of its tables was altered.
 */
function whileTablesLast(first: Step, { table, row }: TriggerRow, statements: string): string {
	const variables = [...new Set(first.referrer.foreignKey.parentColumns)].map((name) => {
		const type = variableType(table, name);
		return `DECLARE ${variableOf(first)(name)} ${type} DEFAULT ${row}.${quoteName(name)};`;
	});
	return `BEGIN
		${variables.join('\n\t\t')}
		${passOver}
		${statements}
		END;`;
}

/**
 * In each block that declares a cursor, not only around it: if a handler of an outer block ends the inner
 * one, MariaDB keeps the cursor (10.11.19 and 11.8.9), and crashes after the third.
 */
const passOver = 'DECLARE EXIT HANDLER FOR 1146, 1054 BEGIN END;';

/** A column's type, for declaring a variable. */
function variableType(table: TrackedTable, name: string): string {
	const column = findColumn(table, name);
	if (!column) return 'LONGTEXT';
	const { fullType, characterSet, collation } = column;
	if (characterSet === null || collation === null) return fullType;
	return `${fullType} CHARACTER SET ${characterSet} COLLATE ${collation}`;
}

interface RowLoop {
	/** The types of the variables that hold a row's columns, in order. */
	variables: Record<string, string>;
	query: string;
	/** Run for each row. */
	statement: string;
}

/**
 * A block that runs a statement for each row of a query. INSERT … SELECT would hold MariaDB's AUTO-INC lock
 * on the change log until the application's statement ends: other writers to tracked tables would wait, and
 * their whole transactions might be rolled back (1467).
 */
function forEachRow({ variables, query, statement }: RowLoop): string {
	const declarations = Object.entries(variables).map(([name, type]) => `DECLARE ${name} ${type};`);
	return `BEGIN
			${declarations.join('\n\t\t\t')}
			DECLARE at_end BOOLEAN DEFAULT FALSE;
			DECLARE reached CURSOR FOR
			${query};
			DECLARE CONTINUE HANDLER FOR NOT FOUND SET at_end = TRUE;
			${passOver}
			OPEN reached;
			entries: LOOP
				FETCH reached INTO ${Object.keys(variables).join(', ')};
				IF at_end THEN LEAVE entries; END IF;
				${statement}
			END LOOP;
			CLOSE reached;
		END`;
}

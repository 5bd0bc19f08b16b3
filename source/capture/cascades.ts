/**
 * What foreign keys do to other rows (ON DELETE CASCADE, SET NULL, ON UPDATE CASCADE) fires no
 * trigger on those rows, on either server. So triggers of the table that is referred to note the
 * keys of the rows its foreign keys will change, and of the rows these change in turn. Such an entry
 * means "read this row as it is now": one entry too many does no harm.
 */
import { quoteName } from '../database/identifiers.ts';
import { quoteString } from '../database/literals.ts';
import type { Referrer, Referring } from '../database/referrers.ts';
import { rowKeyExpression } from '../database/row-key.ts';
import { loopMarker, nodesOfNote } from '../database/session.ts';
import { changeLogTable, type TrackedTable } from '../database/tracked-table.ts';

interface CascadeTrigger {
	timing: 'BEFORE' | 'AFTER';
	event: 'UPDATE' | 'DELETE';
	body: string;
}

/** Rows of a table that are deleted, or whose named columns change. */
interface Fate {
	table: Referring;
	/** Null where the rows are deleted. */
	changed: readonly string[] | null;
}

/** A foreign key that carries a change on, and what it does to the rows that refer. */
interface Step {
	referrer: Referrer;
	fate: Fate;
}

/**
 * The triggers that note what the table's foreign keys do to other rows; none where they do nothing.
 * They name columns that foreign keys need, and so cannot be dropped by themselves. A child table
 * that is dropped, or loses the foreign key and then the column, must not make the application's
 * writes fail (1146, 1054): the handler passes over it. With foreign_key_checks off nothing cascades.
 */
export function cascadeTriggers(table: TrackedTable, nodeId: string): CascadeTrigger[] {
	const root: Referring = { ...table, referrers: [...table.referrers] };
	const everyColumn = table.columns.map(({ name }) => name);
	const deletions = notes(steps({ table: root, changed: null }), 'OLD', nodeId);
	const changes = steps({ table: root, changed: everyColumn });
	// The new keys of rows whose primary key changes along stand there once the change is made.
	const moves = changes.map((step) => ({ step, found: notes([step], 'NEW', nodeId, movesKey) }));
	const triggers: CascadeTrigger[] = [];
	if (deletions.length > 0) {
		triggers.push({ timing: 'BEFORE', event: 'DELETE', body: block(deletions) });
	}
	const before = changes.flatMap((step) => whereChanged(step, notes([step], 'OLD', nodeId)));
	if (before.length > 0) triggers.push({ timing: 'BEFORE', event: 'UPDATE', body: block(before) });
	const after = moves.flatMap(({ step, found }) => whereChanged(step, found));
	if (after.length > 0) triggers.push({ timing: 'AFTER', event: 'UPDATE', body: block(after) });
	return triggers;
}

function block(statements: readonly string[]): string {
	return `BEGIN
	DECLARE CONTINUE HANDLER FOR 1146, 1054 BEGIN END;
	IF (${loopMarker} IS NULL OR ${loopMarker} <> '') AND @@foreign_key_checks THEN
		${statements.join('\n\t\t')}
	END IF;
END`;
}

/** Compared as bytes: a change of case alone is carried on too. */
function whereChanged({ referrer }: Step, statements: readonly string[]): string[] {
	if (statements.length === 0) return [];
	const differ = referrer.foreignKey.parentColumns.map((name) => {
		const column = quoteName(name);
		return `NOT (CAST(OLD.${column} AS BINARY) <=> CAST(NEW.${column} AS BINARY))`;
	});
	return [`IF ${differ.join(' OR ')} THEN ${statements.join(' ')} END IF;`];
}

/** What the foreign keys do next to rows that refer to rows of such a fate. */
function steps({ table, changed }: Fate): Step[] {
	return table.referrers.flatMap((referrer) => {
		const { columns, parentColumns, onDelete, onUpdate } = referrer.foreignKey;
		const reached = changed === null || parentColumns.some((name) => changed.includes(name));
		const action = changed === null ? onDelete : onUpdate;
		if (!reached || action === 'RESTRICT') return [];
		const deleted = changed === null && action === 'CASCADE';
		return [{ referrer, fate: { table: referrer.child, changed: deleted ? null : columns } }];
	});
}

function movesKey({ table, changed }: Fate): boolean {
	return changed !== null && (table.key ?? []).some(({ name }) => changed.includes(name));
}

/** Statements that note the rows which the steps reach from the row OLD or NEW, to any depth. */
function notes(
	first: readonly Step[],
	row: 'OLD' | 'NEW',
	nodeId: string,
	wanted: (fate: Fate) => boolean = () => true,
): string[] {
	return first.flatMap((step) => {
		const paths = pathsFrom(step);
		if (paths === null) return noteCircle(step, row, nodeId);
		return paths
			.filter((path) => wanted(lastOf(path).fate))
			.flatMap((path) => notePath(path, row, nodeId));
	});
}

function lastOf(path: readonly [Step, ...Step[]]): Step {
	return path.at(-1) ?? path[0];
}

/** Every chain of steps that begins with this one; null where they run in a circle. */
function pathsFrom(
	step: Step,
	entered: readonly string[] = [],
): (readonly [Step, ...Step[]])[] | null {
	const id = fateId(step.fate);
	if (entered.includes(id)) return null;
	const paths: (readonly [Step, ...Step[]])[] = [[step]];
	for (const next of steps(step.fate)) {
		const longer = pathsFrom(next, [...entered, id]);
		if (longer === null) return null;
		for (const path of longer) paths.push([step, ...path]);
	}
	return paths;
}

function fateId({ table, changed }: Fate): string {
	return JSON.stringify([table.name, changed]);
}

const entryColumns = 'table_name, operation, row_key, source_node, applied_nodes, changed_at';

/** The rows at the end of a chain of steps, through joins in the order of the chain. */
function notePath(path: readonly [Step, ...Step[]], row: 'OLD' | 'NEW', nodeId: string): string[] {
	const { table, changed } = lastOf(path).fate;
	if (table.key === null) return [];
	const joins = path.map(({ referrer }, index) => {
		const joined = `${quoteName(referrer.child.name)} AS t${index}`;
		if (index === 0) return joined;
		return `STRAIGHT_JOIN ${joined} ON ${refers(referrer, `t${index}`, `t${index - 1}`)}`;
	});
	return [
		`INSERT INTO ${quoteName(changeLogTable)} (${entryColumns})
		SELECT ${quoteString(table.name)}, '${changed === null ? 'DELETE' : 'UPDATE'}', ${rowKeyExpression(table.key, `t${path.length - 1}`)}, ${quoteString(nodeId)}, ${nodesOfNote}, UTC_TIMESTAMP(6)
		FROM ${joins.join(' ')}
		WHERE ${refers(path[0].referrer, 't0', row)};`,
	];
}

function refers({ foreignKey }: Referrer, child: string, parent: string): string {
	return foreignKey.columns
		.map((name, index) => {
			const referred = foreignKey.parentColumns[index] ?? name;
			return `${child}.${quoteName(name)} = ${parent}.${quoteName(referred)}`;
		})
		.join(' AND ');
}

/** No table of the application is called so: the query's own name would stand for it. */
const reachedRows = 'change_log_reached';

/**
 * The rows that tables reach which refer to themselves or to each other in a circle: one recursive
 * query whose rows are those reached so far, each with its fate, its entry for the log, and the
 * columns that the next step refers to. It ends when nothing new is reached. Its first row gives the
 * columns their types: both servers take them from there. It costs MariaDB a millisecond, so it is
 * asked for only where the first step finds a row.
 */
function noteCircle(first: Step, row: 'OLD' | 'NEW', nodeId: string): string[] {
	const fates = reachable(first.fate);
	if (fates.every(({ table }) => table.key === null)) return [];
	const numbers = new Map(fates.map((fate, index) => [fateId(fate), index]));
	const numberOf = (fate: Fate) => numbers.get(fateId(fate)) ?? 0;
	const links = fates.flatMap((fate, number) =>
		linkColumns(fate).map((column, index) => ({ number, column, name: `c${number}_${index}` })),
	);
	const linkOf = (number: number, column: string) =>
		links.find((link) => link.number === number && link.column === column)?.name ?? column;
	const select = ({ referrer, fate }: Step, from: string, where: string) => {
		const { table, changed } = fate;
		const number = numberOf(fate);
		const key = table.key === null ? "''" : rowKeyExpression(table.key, 't');
		const values = links.map((link) =>
			link.number === number ? `t.${quoteName(link.column)}` : 'NULL',
		);
		const entry = [quoteString(table.name), changed === null ? "'DELETE'" : "'UPDATE'", key];
		return `SELECT ${[number, ...entry, ...values].join(', ')}
			FROM ${from}${quoteName(referrer.child.name)} AS t WHERE ${where}`;
	};
	const onward = fates.flatMap((fate, number) =>
		steps(fate).map((step) => {
			const { columns, parentColumns } = step.referrer.foreignKey;
			const equal = columns.map(
				(name, index) =>
					`t.${quoteName(name)} = ${reachedRows}.${linkOf(number, parentColumns[index] ?? name)}`,
			);
			return select(
				step,
				`${reachedRows} STRAIGHT_JOIN `,
				`${reachedRows}.fate = ${number} AND ${equal.join(' AND ')}`,
			);
		}),
	);
	const types = links.map(({ number, column }) => `f${number}.${quoteName(column)}`);
	const typed = fates.map(
		({ table }, number) => `LEFT JOIN ${quoteName(table.name)} AS f${number} ON FALSE`,
	);
	const start = refers(first.referrer, 't', row);
	return [
		`IF EXISTS (SELECT 1 FROM ${quoteName(first.referrer.child.name)} AS t WHERE ${start}) THEN
		INSERT INTO ${quoteName(changeLogTable)} (${entryColumns})
		WITH RECURSIVE ${reachedRows} (${['fate', 'table_name', 'operation', 'row_key', ...links.map(({ name }) => name)].join(', ')}) AS (
			SELECT ${["-1, CAST('' AS CHAR(64)), CAST('' AS CHAR(6)), CAST('' AS CHAR(6400))", ...types].join(', ')}
			FROM (SELECT 1) AS one ${typed.join(' ')}
			UNION ${[select(first, '', start), ...onward].join('\n\t\t\tUNION ')}
		)
		SELECT table_name, operation, row_key, ${quoteString(nodeId)}, ${nodesOfNote}, UTC_TIMESTAMP(6)
		FROM ${reachedRows} WHERE row_key <> '';
		END IF;`,
	];
}

function reachable(first: Fate): Fate[] {
	const found = new Map([[fateId(first), first]]);
	for (const fate of found.values()) {
		for (const next of steps(fate)) found.set(fateId(next.fate), next.fate);
	}
	return [...found.values()];
}

/** The columns of a fate's rows that the next steps refer to. */
function linkColumns(fate: Fate): string[] {
	return [...new Set(steps(fate).flatMap(({ referrer }) => referrer.foreignKey.parentColumns))];
}

/** Queries for the rows that foreign keys reach if tables reference themselves or each other in a cycle. */

import { rowKeyExpression } from '../../database/rows/row-key.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import { quoteString } from '../../database/sql/literals.ts';
import { fateId, reachable, type Step, steps } from './cascade-paths.ts';
import { type Links, linkColumns, linksOf } from './circle-links.ts';
import { holderOf, type Referred, refers, wholeRow } from './path-rows.ts';

/** No table of the application has this name: the query's name would hide it. */
const reachedRows = 'change_log_reached';

/** Both servers join at most 61 tables; two of them are the rows reached so far and the edges. */
const mostTables = 58;

/**
 * Members of a recursive query. MariaDB's cost doubles with each of them: 12 took a gigabyte and 3 seconds,
 * 16 brought the server down (10.11.19).
 */
const mostMembers = 2;

/** A step from rows with one fate to rows with another. */
interface Edge {
	from: number;
	to: number;
	step: Step;
}

/**
 * The log entries of the rows that a step reaches, directly or through further steps. Each
 * recursive query has the rows reached so far, each with its fate, its log entry and the columns
 * that the next step references, and ends when nothing new is reached. Its first row defines the
 * column types, on both servers. Empty if no table is captured.
 */
export function rowsInCircle(first: Step, referred: Referred): string[] {
	const fates = reachable(first.fate);
	if (fates.every(({ table }) => table.key === null)) return [];
	const numbers = new Map(fates.map((fate, index) => [fateId(fate), index]));
	const edges = fates.flatMap((fate, from) =>
		steps(fate).map((step) => ({ from, to: numbers.get(fateId(step.fate)) ?? 0, step })),
	);
	const links = linksOf(fates);
	const query = (members: readonly (readonly Edge[])[], wanted: string) =>
		recursiveQuery(first, referred, links, members, wanted);
	const all = pack(edges);
	if (all.length <= mostMembers) return [query(all, '')];
	// If there would be too many members, tables that are referenced further are
	// walked once per pack of the others.
	const goesOn = ({ to }: Edge) => edges.some(({ from }) => from === to);
	const inner = pack(edges.filter(goesOn));
	const outer = pack(edges.filter((edge) => !goesOn(edge)));
	if (outer.length === 0) return [query(inner, '')];
	return outer.map((leaves, index) => {
		const these = leaves.map(({ to }) => to).join(', ');
		return query([...inner, leaves], index === 0 ? '' : ` AND fate IN (${these})`);
	});
}

/** Groups edges into packs that one query can join. */
function pack(edges: readonly Edge[]): Edge[][] {
	const packs: Edge[][] = [];
	let room = 0;
	for (const edge of edges) {
		const tables = wholeRow(edge.step.referrer.child, 't', linkColumns(edge.step.fate)) ? 2 : 1;
		if (room < tables) {
			packs.push([]);
			room = mostTables;
		}
		packs.at(-1)?.push(edge);
		room -= tables;
	}
	return packs;
}

function recursiveQuery(
	first: Step,
	referred: Referred,
	links: Links,
	members: readonly (readonly Edge[])[],
	wanted: string,
): string {
	const names = ['fate', 'table_name', 'operation', 'row_key', ...links.types.keys()];
	const typed = [...links.types.values()].map(
		({ table, column }) =>
			`(SELECT f.${quoteName(column)} FROM ${quoteName(table)} AS f WHERE FALSE)`,
	);
	return `WITH RECURSIVE ${reachedRows} (${names.join(', ')}) AS (
				SELECT ${["-1, CAST('' AS CHAR(64)), CAST('' AS CHAR(6)), CAST('' AS CHAR(6400))", ...typed].join(', ')}
				UNION ${[firstMemberSelect(first, referred, links), ...members.map((edges) => nextMember(edges, links))].join('\n\t\t\t\tUNION ')}
			)
			SELECT table_name, operation, row_key FROM ${reachedRows} WHERE row_key <> ''${wanted}`;
}

function notedOperation({ fate }: Step): string {
	return fate.changed === null ? "'DELETE'" : "'UPDATE'";
}

function memberKey({ referrer: { child } }: Step, alias: string): string {
	return child.key === null ? "''" : rowKeyExpression(child.key, alias);
}

/** The column of a step's rows that a column of the query passes on. */
function carried(step: Step, to: number, link: string, alias: string, links: Links): string {
	const name = links.holds(to, link);
	return name === undefined ? 'NULL' : holderOf(step.referrer.child, alias, name);
}

function firstMemberSelect(first: Step, referred: Referred, links: Links): string {
	const { child } = first.referrer;
	const values = [...links.types.keys()].map((link) => carried(first, 0, link, 't', links));
	const entry = [quoteString(child.name), notedOperation(first), memberKey(first, 't')];
	return `(SELECT ${[0, ...entry, ...values].join(', ')}
				FROM ${quoteName(child.name)} AS t${wholeRow(child, 't', linkColumns(first.fate))}
				WHERE ${refers(first.referrer, 't', referred)} LOCK IN SHARE MODE)`;
}

/**
 * From each row reached so far, along each edge that starts there: one row of the query per edge, to which
 * only the edge's own table adds columns. The servers test `edges.edge` before they look a row up. The
 * look-up needs a plain column: for the NULL of an expression, such as IF(), MariaDB reads and locks every
 * row whose foreign key is NULL (10.11.19 and 11.8.9).
 */
function nextMember(edges: readonly Edge[], links: Links): string {
	const list = edges.map(
		({ from, to, step }, edge) =>
			`SELECT ${edge} AS edge, ${from} AS fate, ${to} AS next_fate, ${quoteString(step.referrer.child.name)} AS table_name, ${notedOperation(step)} AS operation`,
	);
	const joins = edges.map(({ from, step }, edge) => {
		const { child } = step.referrer;
		const alias = `t${edge}`;
		const link = (column: string) => `${reachedRows}.${links.columnOf(from, column)}`;
		const whole = wholeRow(child, alias, linkColumns(step.fate)).replace(
			/^ STRAIGHT_JOIN/,
			' LEFT JOIN',
		);
		return `LEFT JOIN ${quoteName(child.name)} AS ${alias} ON edges.edge = ${edge} AND ${refers(step.referrer, alias, link)}${whole}`;
	});
	const byEdge = (value: (edge: Edge, alias: string) => string) => {
		const cases = edges.map((edge, index) => [index, value(edge, `t${index}`)] as const);
		const some = cases.filter(([, sql]) => sql !== 'NULL');
		if (some.length === 0) return 'NULL';
		return `CASE edges.edge ${some.map(([index, sql]) => `WHEN ${index} THEN ${sql}`).join(' ')} END`;
	};
	const values = [...links.types.keys()].map((link) =>
		byEdge(({ step, to }, alias) => carried(step, to, link, alias, links)),
	);
	const found = edges.map(({ step }, index) => {
		const [column = ''] = step.referrer.foreignKey.columns;
		return `(edges.edge = ${index} AND t${index}.${quoteName(column)} IS NOT NULL)`;
	});
	return `(SELECT ${['edges.next_fate', 'edges.table_name', 'edges.operation', byEdge(({ step }, alias) => memberKey(step, alias)), ...values].join(', ')}
				FROM ${reachedRows} STRAIGHT_JOIN (${list.join(' UNION ALL ')}) AS edges ON edges.fate = ${reachedRows}.fate
				${joins.join('\n\t\t\t\t')}
				WHERE ${found.join(' OR ')} LOCK IN SHARE MODE)`;
}

/** Parses SHOW GRANTS for the session's user; on both servers its output includes the user's roles. */
import type { Connection } from '../connection/connection.ts';

/** Rights that are granted or revoked, on whole databases or on one table. */
export interface Grant {
	given: boolean;
	/** `SELECT`, `ALL PRIVILEGES`, …, without those on single columns. */
	rights: readonly string[];
	/** Rights on single columns: `SELECT` with the names of its columns. */
	onColumns: readonly { right: string; columns: readonly string[] }[];
	/** The databases; null for all. */
	database: RegExp | null;
	/** Null for all tables. */
	table: string | null;
	/** The procedure that it applies to, instead of tables. */
	procedure: string | null;
}

export async function readGrants(connection: Connection): Promise<Grant[]> {
	const lines = await connection.arrays('SHOW GRANTS');
	return lines.flatMap(([line]) => parseGrant(String(line)) ?? []);
}

/** Parses one line of SHOW GRANTS; null if it grants no rights on tables or procedures. */
export function parseGrant(line: string): Grant | null {
	const name = /`(?:[^`]|``)+`|'[^']+'|"[^"]+"/.source;
	const match = new RegExp(
		`^(GRANT|REVOKE) (.+?) ON (?:TABLE |(PROCEDURE) )?(\\*|${name})\\.(\\*|${name}) (?:TO|FROM) `,
		's',
	).exec(line);
	if (!match) return null;
	const [, verb, rights = '', procedure, database = '', object = ''] = match;
	const named = object === '*' ? null : unquote(object);
	return {
		given: verb === 'GRANT',
		...parseRights(rights, new RegExp(name, 'g')),
		database: database === '*' ? null : likePattern(unquote(database)),
		table: procedure ? null : named,
		procedure: procedure ? named : null,
	};
}

/** Parses `SELECT (`id`, `v`), INSERT` into rights on the whole and on columns. */
function parseRights(text: string, quotedName: RegExp): Pick<Grant, 'rights' | 'onColumns'> {
	const names: string[] = [];
	// A name may look like a right.
	const bare = text.replace(quotedName, (name) => `#${names.push(unquote(name)) - 1}`);
	const found = [...bare.matchAll(/([A-Z][A-Z_ ]*[A-Z])(?: \(([#\d, ]+)\))?/g)].map(
		([, right = '', columns]) => ({
			right,
			columns: columns?.split(',').map((part) => names[Number(part.trim().slice(1))] ?? ''),
		}),
	);
	return {
		rights: found.filter(({ columns }) => !columns).map(({ right }) => right),
		onColumns: found.flatMap(({ right, columns }) => (columns ? [{ right, columns }] : [])),
	};
}

/**
 * The tables of a database, existing or future, on which a right is granted.
 * @returns a function that is true for such a table and, for null, if all tables are
 */
export function grantedTables(
	grants: readonly Grant[],
	right: string,
	database: string,
): (table: string | null) => boolean {
	const fitting = grants.filter(
		(grant) =>
			grant.procedure === null &&
			namesRight(grant, right) &&
			(grant.database?.test(database) ?? true),
	);
	// MySQL lists rights revoked on one database after they were granted on all.
	const revoked = fitting.some(({ given }) => !given);
	const counting = fitting.filter(
		({ given, database }) => given && !(revoked && database === null),
	);
	const all = counting.some(({ table }) => table === null);
	const named = new Set(counting.map(({ table }) => table?.toLowerCase()));
	return (table) => all || (table !== null && named.has(table.toLowerCase()));
}

/** True if a procedure may be called: by its own grant, or by one on its database. */
export function mayCall(grants: readonly Grant[], database: string, procedure: string): boolean {
	const called = procedure.toLowerCase();
	const own = grants.some(
		(grant) =>
			grant.given &&
			grant.procedure?.toLowerCase() === called &&
			namesRight(grant, 'EXECUTE') &&
			(grant.database?.test(database) ?? true),
	);
	return own || grantedTables(grants, 'EXECUTE', database)(null);
}

/** The given columns of a table on which a right is granted per column. */
export function grantedColumns(
	grants: readonly Grant[],
	right: string,
	database: string,
	table: string,
	columns: readonly string[],
): string[] {
	const named = grants
		.filter(
			(grant) =>
				grant.given &&
				(grant.database?.test(database) ?? true) &&
				grant.table?.toLowerCase() === table.toLowerCase(),
		)
		.flatMap(({ onColumns }) => onColumns.filter((one) => one.right === right))
		.flatMap((one) => one.columns.map((column) => column.toLowerCase()));
	return columns.filter((column) => named.includes(column.toLowerCase()));
}

function namesRight({ rights }: Grant, right: string): boolean {
	return rights.includes(right) || rights.includes('ALL PRIVILEGES');
}

function unquote(name: string): string {
	return name.slice(1, -1).replaceAll('``', '`');
}

/** A database name in a grant is a LIKE pattern, unless its wildcards are escaped. */
function likePattern(pattern: string): RegExp {
	const source = pattern.replace(
		/\\([_%\\])|([_%])|([.*+?^${}()|[\]\\])/g,
		(_, escaped, wild, special) => {
			if (escaped) return escaped === '\\' ? '\\\\' : escaped;
			if (wild) return wild === '_' ? '.' : '.*';
			return `\\${special}`;
		},
	);
	return new RegExp(`^${source}$`, 'is');
}

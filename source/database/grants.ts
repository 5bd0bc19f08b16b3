/** What SHOW GRANTS says of the session's user; on both servers that is with the roles it has. */
import type { Connection } from './connection.ts';

/** Rights that are given, or taken back again, on databases as a whole or on one table. */
export interface Grant {
	given: boolean;
	/** `SELECT`, `ALL PRIVILEGES`, …; those on single columns alone are left out. */
	rights: readonly string[];
	/** The databases; null for all. */
	database: RegExp | null;
	/** Null for every table. */
	table: string | null;
}

export async function readGrants(connection: Connection): Promise<Grant[]> {
	const lines = await connection.arrays('SHOW GRANTS');
	return lines.flatMap(([line]) => parseGrant(String(line)) ?? []);
}

/** One line of SHOW GRANTS; null where it gives no rights on tables. */
export function parseGrant(line: string): Grant | null {
	const name = /`(?:[^`]|``)+`|'[^']+'|"[^"]+"/.source;
	const match = new RegExp(
		`^(GRANT|REVOKE) (.+?) ON (?:TABLE )?(\\*|${name})\\.(\\*|${name}) (?:TO|FROM) `,
		's',
	).exec(line);
	if (!match) return null;
	const [, verb, rights = '', database = '', table = ''] = match;
	return {
		given: verb === 'GRANT',
		rights: rights
			.replace(new RegExp(name, 'g'), '')
			.split(',')
			.map((right) => right.trim()),
		database: database === '*' ? null : likePattern(unquote(database)),
		table: table === '*' ? null : unquote(table),
	};
}

/**
 * The tables of a database on which a right is given, those to come too.
 * @returns whether one of them is that; asked for null, whether every table is
 */
export function grantedTables(
	grants: readonly Grant[],
	right: string,
	database: string,
): (table: string | null) => boolean {
	const fitting = grants.filter(
		(grant) => namesRight(grant, right) && (grant.database?.test(database) ?? true),
	);
	// MySQL lists rights on one database that were taken back from those on all.
	const revoked = fitting.some(({ given }) => !given);
	const counting = fitting.filter(
		({ given, database }) => given && !(revoked && database === null),
	);
	const all = counting.some(({ table }) => table === null);
	const named = new Set(counting.map(({ table }) => table?.toLowerCase()));
	return (table) => all || (table !== null && named.has(table.toLowerCase()));
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

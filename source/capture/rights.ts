import type { Connection } from '../database/connection.ts';

/**
 * Whether the connection's user may see triggers of its database. Without the right the catalogue
 * shows none, which looks just like "none installed".
 */
export async function maySeeTriggers(connection: Connection): Promise<boolean> {
	const grants = await connection.arrays('SHOW GRANTS');
	return grants.some(([grant]) => grantsTrigger(String(grant), connection.end.database));
}

/** Whether one line of SHOW GRANTS gives TRIGGER on the whole database, or on a table of it. */
export function grantsTrigger(grant: string, database: string): boolean {
	const match =
		/^GRANT (.+?) ON (?:TABLE )?(\*|`(?:[^`]|``)+`|'[^']+'|"[^"]+")\.(\*|.+?) TO /s.exec(grant);
	if (!match) return false;
	const [, rights = '', scope = ''] = match;
	if (!/(^|[ ,])(ALL PRIVILEGES|TRIGGER)\b/.test(rights)) return false;
	if (scope === '*') return true;
	const pattern = scope.slice(1, -1).replaceAll('``', '`');
	return likePattern(pattern).test(database);
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

/** Types that not every server has. */
import type { ServerInfo } from '../connection/session.ts';

type ServerKind = Pick<ServerInfo, 'product' | 'version'>;

/** The first version of each product that has the type; an absent product never has it. */
const since: Record<string, Partial<Record<ServerKind['product'], readonly [number, number]>>> = {
	uuid: { mariadb: [10, 7] },
	inet4: { mariadb: [10, 10] },
	inet6: { mariadb: [10, 5] },
	vector: { mysql: [9, 0], mariadb: [11, 7] },
	xmltype: { mariadb: [12, 3] },
};

/**
 * The text types that hold the values of such a type on other servers, in the
 * form in which they are transferred.
 */
export const typeAsText: Record<string, string> = {
	uuid: 'char(36)',
	inet4: 'varchar(15)',
	inet6: 'varchar(39)',
};

/** True if some servers lack the type. */
export function isOwnType(type: string): boolean {
	return since[type] !== undefined;
}

/** True if a server has the type. */
export function hasType({ product, version }: ServerKind, type: string): boolean {
	if (!isOwnType(type)) return true;
	const first = since[type]?.[product];
	if (!first) return false;
	const [major = 0, minor = 0] = version.split('.').map(Number);
	return major > first[0] || (major === first[0] && minor >= first[1]);
}

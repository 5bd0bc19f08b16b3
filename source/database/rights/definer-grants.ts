/**
 * The rights that apply when a trigger runs. It runs as the account that created it, with only MySQL's
 * default roles and MariaDB's PUBLIC. A role that is merely active in the creating session does not apply
 * (MariaDB's default role, MySQL's `activate_all_roles_on_login` and `mandatory_roles`): CREATE TRIGGER
 * succeeds, and then every write fails.
 */
import { asSyncError } from '../../errors.ts';
import type { Connection } from '../connection/connection.ts';
import { quoteString } from '../sql/literals.ts';
import { quoteAccount } from './accounts.ts';
import { type Grant, parseGrant } from './grants.ts';

/** What is known about an account that triggers run as. */
export interface Definer {
	account: string;
	/** `unknown` if the connection's user may not look at other accounts. */
	state: 'there' | 'gone' | 'unknown';
	grants: readonly Grant[];
	/** The statements asked, with their answers: while these are unchanged, so is the rest. */
	answers: readonly { sql: string; answer: string }[];
}

/** No such grant for the account: the account does not exist. */
export const noSuchAccount = 1141;

/**
 * MySQL's views of roles compare two collations, and fail if default_collation_for_utf8mb4 is not its own
 * default (9.7.4). The rights from roles are then unknown.
 */
export const mixedCollations = 1267;

/** An account about which nothing is known. */
export function unknownDefiner(account: string): Definer {
	return { account, state: 'unknown', grants: [], answers: [] };
}

/** The first MariaDB version with PUBLIC. */
const publicSince = [10, 11] as const;

/** Reads the rights that an account has when its triggers run. */
export async function readDefiner(connection: Connection, account: string): Promise<Definer> {
	const unknown = unknownDefiner(account);
	// A MariaDB role, which has no host, can also be a definer.
	if (account.endsWith('@')) return unknown;
	try {
		const answers = await readAnswers(connection, account);
		const lines = answers.flatMap(({ answer }) => JSON.parse(answer) as string[]);
		const grants = lines.flatMap((line) => parseGrant(line) ?? []);
		return { account, state: 'there', grants, answers };
	} catch (thrown) {
		const error = asSyncError(thrown);
		if (error.errno === noSuchAccount) return { ...unknown, state: 'gone' };
		if (error.code === 'denied') return unknown;
		throw error;
	}
}

/** The output of SHOW GRANTS as one text. */
export async function readAnswer(connection: Connection, sql: string): Promise<string> {
	return JSON.stringify((await connection.arrays(sql)).map(([line]) => String(line)));
}

async function readAnswers(connection: Connection, account: string): Promise<Definer['answers']> {
	const own = `SHOW GRANTS FOR ${quoteAccount(account)}`;
	const { product, version } = connection.server;
	if (product === 'mariadb') {
		const statements = hasPublic(version) ? [own, 'SHOW GRANTS FOR PUBLIC'] : [own];
		return Promise.all(
			statements.map(async (sql) => ({ sql, answer: await readAnswer(connection, sql) })),
		);
	}
	const [roles, answer] = await Promise.all([
		defaultRoles(connection, account),
		readAnswer(connection, own),
	]);
	if (roles.length === 0) return [{ sql: own, answer }];
	const sql = `${own} USING ${roles.join(', ')}`;
	return [{ sql, answer: await readAnswer(connection, sql) }];
}

function hasPublic(version: string): boolean {
	const [major = 0, minor = 0] = version.split('.').map(Number);
	const [since, sinceMinor] = publicSince;
	return major > since || (major === since && minor >= sinceMinor);
}

/** MySQL's default roles of an account, quoted. Those of another account require access to `mysql`. */
async function defaultRoles(connection: Connection, account: string): Promise<string[]> {
	const at = account.lastIndexOf('@');
	const [user, host] = [account.slice(0, at), account.slice(at + 1)].map(quoteString);
	const rows = await connection.rows<{ name: string; host: string }>(
		account === connection.server.account
			? `SELECT role_name AS name, role_host AS host
				FROM information_schema.applicable_roles
				WHERE user = ${user} AND host = ${host} AND is_default = 'YES'`
			: `SELECT default_role_user AS name, default_role_host AS host
				FROM mysql.default_roles
				WHERE user = ${user} AND host = ${host}`,
	);
	return rows.map((role) => quoteAccount(`${role.name}@${role.host}`)).sort();
}

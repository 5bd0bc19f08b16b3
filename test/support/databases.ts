import { randomBytes } from 'node:crypto';
import {
	type Connection,
	type ConnectionOptions,
	createConnection,
	type RowDataPacket,
} from 'mysql2/promise';
import { onTestFinished } from 'vitest';
import type { Product } from '../../source/demo/servers/product.ts';
import { type Server, type StartOptions, startServer } from '../../source/demo/servers/server.ts';
import { type ServerAddress, sharedServer } from './servers.ts';
import type { AtEnd } from './suites.ts';
import { waitFor } from './wait.ts';

/** A database of a test's own. */
export interface Database {
	product: Product;
	name: string;
	/** An end of a pair that reaches it, as the configuration file writes one. */
	end: { host: string; port: number; user: string; password: string; database: string };
	/** A connection as an application has one, closed before the database is dropped. */
	connect: (options?: ConnectionOptions) => Promise<Connection>;
}

export interface DatabaseOptions {
	/** Of the database; utf8mb4 unless given. */
	charset?: string;
	/** Its name, which must be nobody else's; a random one unless given. */
	name?: string;
	/** When to drop it: at the end of the test unless given. */
	atEnd?: AtEnd;
}

/**
 * A fresh, empty database, dropped at the end. By then the test must have closed
 * whatever else it let connect to it; a session left open fails the test.
 * @param on the shared server of a product, or a server of the test's own, which keeps it
 */
export async function freshDatabase(
	on: Product | ServerAddress,
	{
		charset = 'utf8mb4',
		name = `t_${randomBytes(6).toString('hex')}`,
		atEnd = onTestFinished,
	}: DatabaseOptions = {},
): Promise<Database> {
	const address: ServerAddress = typeof on === 'string' ? sharedServer(on).address : on;
	await asRoot(address, (root) =>
		root.query(`CREATE DATABASE ${quote(name)} CHARACTER SET ${charset}`),
	);
	const { product, host, port, user, password } = address;
	const end = { host, port, user, password, database: name };
	const connections: Connection[] = [];
	atEnd(async () => {
		for (const connection of connections) connection.destroy();
		// A server of the test's own may be down by now, and takes its databases with it.
		if (typeof on === 'string') await asRoot(address, (root) => drop(root, name));
	});
	const connect = async (options: ConnectionOptions = {}) => {
		const connection = await createConnection({ ...applicationOptions, ...end, ...options });
		// Without a listener a server that is killed would end the test run.
		connection.on('error', () => undefined);
		connections.push(connection);
		return connection;
	};
	return { product, name, end, connect };
}

/** Starts a server of a test's own, to be killed or frozen at will; stopped at the end. */
export async function startOwnServer(
	product: Product,
	{ atEnd = onTestFinished, ...options }: StartOptions & { atEnd?: AtEnd } = {},
): Promise<Server> {
	const { program, template } = sharedServer(product);
	const server = await startServer(program, { template, ...options });
	atEnd(() => server.stop());
	return server;
}

const applicationOptions: ConnectionOptions = {
	charset: 'utf8mb4',
	multipleStatements: true,
	dateStrings: true,
	supportBigNumbers: true,
	bigNumberStrings: true,
};

async function asRoot<T>(
	{ host, port, user, password }: ServerAddress,
	work: (root: Connection) => Promise<T>,
): Promise<T> {
	const root = await createConnection({ host, port, user, password });
	try {
		return await work(root);
	} finally {
		await root.end();
	}
}

async function drop(root: Connection, name: string): Promise<void> {
	const sessions = async () => {
		// Not from information_schema: there MySQL fails with error 3854 as long as any session
		// runs a statement with a character outside utf8mb3.
		const [rows] = await root.query<RowDataPacket[]>('SHOW FULL PROCESSLIST');
		return rows.filter((row) => row.db === name);
	};
	try {
		await waitFor(async () => (await sessions()).length === 0, {
			timeout: 3_000,
			what: `all sessions of database ${name} to be closed`,
		});
	} catch (error) {
		// One with an open transaction would hold up the DROP for ever.
		for (const { Id } of await sessions()) await root.query(`KILL ${Id}`).catch(() => undefined);
		throw error;
	} finally {
		await waitFor(() => dropped(root, name), { what: `database ${name} to be dropped` });
	}
}

/** MariaDB fails (1010) while a table of the database is still on its way out. */
async function dropped(root: Connection, name: string): Promise<boolean> {
	return root.query(`DROP DATABASE ${quote(name)}`).then(
		() => true,
		(error) => {
			if (error.errno !== 1010) throw error;
			return false;
		},
	);
}

function quote(name: string): string {
	return `\`${name.replaceAll('`', '``')}\``;
}

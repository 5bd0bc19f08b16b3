import type { Connection, RowDataPacket } from 'mysql2/promise';
import { createConnection } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { type Product, products } from '../../source/demo/servers/product.ts';
import type { Server } from '../../source/demo/servers/server.ts';
import { compareTables } from '../support/compare-tables.ts';
import { startOwnServer } from '../support/databases.ts';
import { testPair } from '../support/pair.ts';
import { runningEngine } from '../support/running-engine.ts';
import { describeInFull } from '../support/suites.ts';
import { waitFor } from '../support/wait.ts';

/** A fault of the cloud's server, the messages of the engine, and the fix. */
interface Fault {
	name: string;
	befall: (cloud: Cloud) => Promise<unknown>;
	told: RegExp;
	state: string;
	mend: (cloud: Cloud) => Promise<unknown>;
}

interface Cloud {
	root: Connection;
	server: Server;
	database: string;
	/** Connections of other people. */
	crowd: Connection[];
}

/** The engine's account, as the configuration has it. */
const account = "'sync'@'127.0.0.1'";
const password = 'the password of before';

const create = async ({ root, database }: Cloud) => {
	await root.query(`CREATE USER ${account} IDENTIFIED BY '${password}'`);
	await root.query(`GRANT ALL ON ${database}.* TO ${account}`);
};

/** What was granted to an account is asked for when a session begins, or uses a database. */
async function endSessions({ root }: Cloud): Promise<void> {
	const [sessions] = await root.query<RowDataPacket[]>('SHOW PROCESSLIST');
	for (const { Id, User } of sessions) {
		if (User === 'sync') await root.query(`KILL ${Id}`).catch(() => undefined);
	}
}

/** Takes as many connections as the server gives a user; the engine's sessions have to go for them. */
async function crowdIn(
	cloud: Cloud,
	count: number,
	login: { user: string; password: string },
): Promise<void> {
	const { host, port } = cloud.server;
	await endSessions(cloud);
	await waitFor(
		async () => {
			try {
				cloud.crowd.push(await createConnection({ host, port, ...login }));
			} catch {
				// A session of the engine was quicker.
				await endSessions(cloud);
			}
			return cloud.crowd.length >= count;
		},
		{ what: 'all connections to be taken' },
	);
}

async function crowdOut({ crowd }: Cloud): Promise<void> {
	for (const connection of crowd.splice(0)) await connection.end();
}

/**
 * Fills the tablespace with other people's rows until no row more goes in: rows of this size, for where
 * a larger value finds no room MariaDB ends in the middle of the rollback, whoever writes it.
 */
async function fillUp({ root }: Cloud): Promise<void> {
	await root.query('CREATE DATABASE others');
	await root.query('CREATE TABLE others.filler (id INT AUTO_INCREMENT PRIMARY KEY, a TEXT)');
	for (const rows of [400, 1]) {
		const values = Array.from({ length: rows }, () => [lengthOfRow]);
		const fill = async () => {
			for (;;)
				await root.query(
					`INSERT INTO others.filler (a) VALUES ${values.map(() => "(REPEAT('x', ?))").join(', ')}`,
					values.flat(),
				);
		};
		await expect(fill()).rejects.toMatchObject({ errno: 1114 });
	}
}

/** Characters that stay in the row on both servers. */
const lengthOfRow = 2000;

const faults: readonly Fault[] = [
	{
		name: 'a read-only server',
		befall: ({ root, server }) =>
			root.query(`SET GLOBAL ${server.product === 'mysql' ? 'super_read_only' : 'read_only'} = 1`),
		told: /cloud: the server is read-only .*Syncing resumes once it is writable/s,
		state: 'idle',
		mend: ({ root }) => root.query('SET GLOBAL read_only = 0'),
	},
	{
		name: 'a changed password',
		befall: async (cloud) => {
			await cloud.root.query(`ALTER USER ${account} IDENTIFIED BY 'another one'`);
			await endSessions(cloud);
		},
		told: /cloud: Access denied for user 'sync'.*Check `user` and `password`/s,
		state: 'offline',
		mend: ({ root }) => root.query(`ALTER USER ${account} IDENTIFIED BY '${password}'`),
	},
	{
		name: 'rights that were revoked',
		befall: async (cloud) => {
			await cloud.root.query(`REVOKE ALL ON ${cloud.database}.* FROM ${account}`);
			await endSessions(cloud);
		},
		told: /cloud: Access denied for user 'sync'.*Grant the user access to this database/s,
		state: 'offline',
		mend: ({ root, database }) => root.query(`GRANT ALL ON ${database}.* TO ${account}`),
	},
	{
		name: 'a dropped user',
		befall: async (cloud) => {
			await cloud.root.query(`DROP USER ${account}`);
			await endSessions(cloud);
		},
		told: /cloud: Access denied for user 'sync'.*Check `user` and `password`/s,
		state: 'offline',
		mend: create,
	},
	{
		name: 'a server without a connection left',
		befall: async (cloud) => {
			await cloud.root.query("CREATE USER 'crowd'@'127.0.0.1' IDENTIFIED BY 'crowd'");
			await cloud.root.query('SET GLOBAL max_connections = 12');
			// One is root's.
			await crowdIn(cloud, 11, { user: 'crowd', password: 'crowd' });
		},
		told: /cloud: Too many connections.*raise max_connections/s,
		state: 'offline',
		mend: async (cloud) => {
			await crowdOut(cloud);
			await cloud.root.query('SET GLOBAL max_connections = 100');
		},
	},
	{
		name: 'an account without a connection left',
		befall: async (cloud) => {
			await cloud.root.query(`ALTER USER ${account} WITH MAX_USER_CONNECTIONS 1`);
			await crowdIn(cloud, 1, { user: 'sync', password });
		},
		told: /cloud: User 'sync' has exceeded.*resource limit of the account/s,
		state: 'offline',
		mend: async (cloud) => {
			await crowdOut(cloud);
			await cloud.root.query(`ALTER USER ${account} WITH MAX_USER_CONNECTIONS 0`);
		},
	},
	{
		name: 'a full tablespace',
		befall: fillUp,
		told: /cloud.*is full.*free some space/s,
		state: 'idle',
		mend: ({ root }) => root.query('DROP DATABASE others'),
	},
];

/** Causes one fault after the other in the cloud of a running pair. */
async function suffers(product: Product): Promise<void> {
	const server = await startOwnServer(product, {
		args: [
			'--innodb-file-per-table=0',
			'--innodb-data-file-path=ibdata1:12M:autoextend:max:64M',
			...(product === 'mysql' ? ['--log-bin-trust-function-creators=1'] : []),
		],
	});
	const pair = await testPair(
		{ local: product === 'mysql' ? 'mariadb' : 'mysql', cloud: server },
		{
			config: { interval: '200ms', refresh: '500ms' },
			ends: { cloud: { user: 'sync', password } },
			schema: ['CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40), a TEXT)'],
		},
	);
	const cloud = {
		root: pair.cloud.connection,
		server,
		database: pair.cloud.name,
		crowd: [] as Connection[],
	};
	await create(cloud);
	const { engine, shown } = await runningEngine(pair);
	let id = 0;
	for (const { name, befall, told, state, mend } of faults) {
		await befall(cloud);
		// The last one is about room.
		const rows = name === faults.at(-1)?.name ? 1000 : 1;
		await pair.local.connection.query('INSERT INTO item VALUES ?', [
			Array.from({ length: rows }, () => {
				id += 1;
				return [id, name, 'x'.repeat(lengthOfRow)];
			}),
		]);
		const problem = () => `${shown().state}: ${shown().problem}`;
		await waitFor(() => told.test(problem()) && shown().state === state, {
			what: `word of ${name}`,
		}).catch((error) => {
			throw new Error(`${product}: ${problem()}`, { cause: error });
		});
		await mend(cloud);
		const arrived = async () => {
			const [rows] = await cloud.root.query<RowDataPacket[]>('SELECT id FROM item WHERE id = ? ', [
				id,
			]);
			return rows.length === 1;
		};
		await waitFor(arrived, { what: `the row after ${name}` }).catch((error) => {
			throw new Error(`${product}: ${problem()}`, { cause: error });
		});
		await waitFor(() => shown().problem === null, { what: `nothing left of ${name}` });
	}
	await engine.stop();
	await pair.sync();
	expect(await compareTables(pair.local.connection, pair.cloud.connection)).toEqual([]);
	const again = await pair.sync();
	expect(again).toMatchObject({ local_to_cloud: { batches: 0 }, cloud_to_local: { batches: 0 } });
	expect((await pair.run('errors')).code).toBe(0);
}

describeInFull(products, 'a server that refuses everything for a while', () => {
	it('is reported with the next step, and takes pending changes once it is fixed', async () => {
		// Side by side, for most of it is waiting.
		await Promise.all(products.map(suffers));
	}, 120_000);
});

import { readFile } from 'node:fs/promises';
import type { RowDataPacket } from 'mysql2/promise';
import { createConnection } from 'mysql2/promise';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { type Product, products } from '../../source/demo/servers/product.ts';
import type { StatusDocument } from '../../source/engine/api/snapshot.ts';
import { freshDatabase, startOwnServer } from '../support/databases.ts';
import { describeOnGalera, type GaleraNode, startGalera } from '../support/galera.ts';
import { type TestPair, testPair } from '../support/pair.ts';
import { runProgram } from '../support/program.ts';
import { runningEngine } from '../support/running-engine.ts';
import { sharedServer } from '../support/servers.ts';
import { atSuiteEnd, describeOn, everyday } from '../support/suites.ts';
import { waitFor } from '../support/wait.ts';

const schema = ['CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))'];

/** What makes a node unfit, the words for that, and what makes it fit again. */
interface Fault {
	name: string;
	befall: (node: GaleraNode) => Promise<() => Promise<unknown>>;
	told: string;
}

const galeraFaults: readonly Fault[] = [
	{
		name: 'rejects queries',
		befall: async (node) => {
			await node.run('SET GLOBAL wsrep_reject_queries = ALL');
			return () => node.run('SET GLOBAL wsrep_reject_queries = NONE');
		},
		told: 'the Galera node rejects all queries (wsrep_reject_queries=ALL)',
	},
	{
		name: 'is cut off from its cluster',
		befall: async (node) => {
			await node.isolate(true);
			return () => node.isolate(false);
		},
		told: 'the Galera node is not in the primary component of its cluster (wsrep_cluster_status=non-Primary)',
	},
	{
		name: 'is made read-only',
		befall: async (node) => {
			await node.run('SET GLOBAL read_only = ON');
			return () => node.run('SET GLOBAL read_only = OFF');
		},
		told: 'the server is read-only (read_only=ON)',
	},
	{
		name: 'is locked for a backup',
		befall: async (node) => {
			const backup = await createConnection({ socketPath: node.socket, user: 'root' });
			await backup.query('FLUSH TABLES WITH READ LOCK');
			return () => backup.end();
		},
		told: 'the server is locked against writing',
	},
];

/** Makes a node unfit; fit again at the end of the test, or before. */
async function befall(fault: Fault, node: GaleraNode): Promise<() => Promise<void>> {
	const mend = await fault.befall(node);
	let mended = false;
	const once = async () => {
		if (!mended) await mend();
		mended = true;
	};
	onTestFinished(once);
	return once;
}

describeOnGalera('a pair whose cloud is a Galera cluster', () => {
	const atEnd = atSuiteEnd();
	let nodes: GaleraNode[];
	beforeAll(async () => {
		nodes = await startGalera(3, { atEnd });
		// An account without the right to write to a read-only server.
		await nodes[0]?.run(
			"CREATE USER plain IDENTIFIED BY 'plain'",
			'GRANT ALL ON `t\\_%`.* TO plain',
		);
		for (const node of nodes) await node.run('SET GLOBAL log_bin_trust_function_creators = ON');
	});

	/** A pair whose cloud names these nodes. */
	async function clusterPair(used: readonly GaleraNode[]): Promise<TestPair> {
		const hosts = used.map(({ host, port }) => `${host}:${port}`);
		return testPair(
			{ local: 'mysql', cloud: nodes.at(-1) as GaleraNode },
			{
				schema,
				config: { interval: '200ms', refresh: '200ms' },
				ends: {
					cloud: { host: undefined, port: undefined, hosts, user: 'plain', password: 'plain' },
				},
			},
		);
	}

	it.each(everyday(galeraFaults, 1))(
		'goes on with the next node when the one in use $name',
		async (fault) => {
			const [first, second] = nodes as [GaleraNode, GaleraNode, GaleraNode];
			const pair = await clusterPair([first, second]);
			const { engine, shown } = await runningEngine(pair);
			const told: string[] = [];
			engine.onNotice(({ message }) => told.push(message));
			let id = 0;
			const carried = async () => {
				id += 1;
				await pair.local.connection.query('INSERT INTO item VALUES (?, ?)', [id, fault.name]);
				const arrived = async () => {
					// Every node serves nothing for a moment while the members of the cluster change.
					const [rows] = await pair.cloud.connection
						.query<RowDataPacket[]>('SELECT id FROM item WHERE id = ?', [id])
						.catch(() => [[]]);
					return rows.length === 1;
				};
				const what = () => `${shown().state}: ${shown().problem}; ${told.join('\n')}`;
				await waitFor(arrived, { timeout: 30_000, what: `row ${id}` }).catch((error) => {
					throw new Error(what(), { cause: error });
				});
				await waitFor(() => shown().problem === null, { what: 'nothing left of it' });
			};
			const address = ({ host, port }: GaleraNode) =>
				`${host}:${port}/${pair.cloud.name} (1 of 2 nodes)`;
			await carried();
			expect(shown().address.cloud).toBe(address(first));

			const mendFirst = await befall(fault, first);
			await carried();
			expect(shown().address.cloud).toBe(address(second));
			await waitFor(() => shown().cloud.reachable && shown().cloud.error === null, {
				what: 'the screen to look at the node in use',
			});
			const moved = told.filter((message) => message.includes(' is used instead'));
			// Where a statement met it first, the server's own words may be all that is known of it.
			const [why] = fault.told.split(' (');
			expect(moved).toHaveLength(1);
			expect(moved[0]).toContain(`cloud: ${first.host}:${first.port} cannot be used (${why}`);
			expect(moved[0]).toContain(`; ${second.host}:${second.port} is used instead`);

			// It does not switch back: the first node is used again only once the second one fails.
			await mendFirst();
			await carried();
			expect(shown().address.cloud).toBe(address(second));
			const mendSecond = await befall(fault, second);
			await carried();
			expect(shown().address.cloud).toBe(address(first));
			await mendSecond();
			await engine.stop();
		},
		120_000,
	);

	it('is synced by way of the next node where the first is locked for a backup', async () => {
		const [first, second] = nodes as [GaleraNode, GaleraNode, GaleraNode];
		const pair = await clusterPair([first, second]);
		expect((await pair.run('sync')).code).toBe(0);
		await pair.local.connection.query("INSERT INTO item VALUES (1, 'one')");
		const fault = galeraFaults.find(({ name }) => name === 'is locked for a backup') as Fault;
		await befall(fault, first);
		const { code, stdout, stderr } = await pair.run('sync');
		expect(stderr).toContain(
			`cloud: ${first.host}:${first.port} cannot be used (${fault.told}); ${second.host}:${second.port} is used instead`,
		);
		expect(stdout).toContain('local to cloud: 1 change\n');
		expect(code).toBe(0);
	}, 120_000);

	it.each(everyday(galeraFaults, 1))(
		'reports the problem if its only node $name',
		async (fault) => {
			const [first] = nodes as [GaleraNode];
			const pair = await clusterPair([first]);
			expect((await pair.run('sync')).code).toBe(0);
			await pair.local.connection.query("INSERT INTO item VALUES (1, 'one')");
			const mend = await befall(fault, first);
			try {
				const { code, stderr } = await pair.run('sync');
				expect(stderr).toContain(`pair pair, cloud: ${fault.told}\n  `);
				expect(code).toBe(fault.name.includes('cluster') || fault.name.includes('queries') ? 3 : 1);
			} finally {
				await mend();
			}
			expect((await pair.run('sync')).code).toBe(0);
		},
		120_000,
	);
});

describeOn(products, 'a pair of whose two hosts the first', () => {
	it.each([
		{ name: 'has another password', statement: "ALTER USER plain IDENTIFIED BY 'other'" },
		{ name: 'has the account locked', statement: 'ALTER USER plain ACCOUNT LOCK' },
		{ name: 'lacks the database', statement: 'DROP DATABASE', ofDatabase: true },
	])(
		'$name uses the other one',
		async ({ statement, ofDatabase }) => {
			const first = await startOwnServer('mariadb');
			const cloud = sharedServer('mariadb').address;
			const hosts = [first, cloud].map(({ host, port }) => `${host}:${port}`);
			const login = { user: 'plain', password: 'plain' };
			const pair = await testPair(
				{ local: 'mysql', cloud: 'mariadb' },
				{ schema, ends: { cloud: { host: undefined, port: undefined, hosts, ...login } } },
			);
			const other = await (await freshDatabase(first, { name: pair.cloud.name })).connect();
			for (const connection of [other, pair.cloud.connection]) {
				await connection.query("CREATE USER plain IDENTIFIED BY 'plain'");
				await connection.query(`GRANT ALL ON ${pair.cloud.name}.* TO plain`);
			}
			onTestFinished(async () => void (await pair.cloud.connection.query('DROP USER plain')));
			await other.query(ofDatabase ? `${statement} ${pair.cloud.name}` : statement);
			await pair.local.connection.query("INSERT INTO item VALUES (1, 'one')");

			const { code, stdout, stderr } = await pair.run('sync');

			expect(stderr).toMatch(
				new RegExp(`cloud: ${hosts[0]} cannot be used \\(.+\\); ${hosts[1]} is used instead`),
			);
			expect(stdout).toContain('local to cloud: 1 change\n');
			expect(code).toBe(0);
		},
		60_000,
	);
});

describeOn(products, 'a pair of whose two hosts the first is read-only', () => {
	it.each(everyday(products, 1))(
		'writes to the other one on %s, and reads the first one',
		async (product) => {
			const login = { user: 'plain', password: 'plain' };
			const start = () =>
				startOwnServer(product, {
					args: product === 'mysql' ? ['--log-bin-trust-function-creators=1'] : [],
				});
			const [replica, primary] = await Promise.all([start(), start()]);
			const hosts = [replica, primary].map(({ host, port }) => `${host}:${port}`);
			const place = { host: undefined, port: undefined, hosts };
			const pair = await testPair(
				{ local: 'mariadb', cloud: primary },
				{ schema, ends: { cloud: { ...place, ...login } } },
			);
			const copy = await (await freshDatabase(replica, { name: pair.cloud.name })).connect();
			for (const statement of schema) await copy.query(statement);
			for (const connection of [copy, pair.cloud.connection]) {
				await connection.query("CREATE USER plain@'127.0.0.1' IDENTIFIED BY 'plain'");
				await connection.query(`GRANT ALL ON ${pair.cloud.name}.* TO plain@'127.0.0.1'`);
			}
			await copy.query('SET GLOBAL read_only = ON');
			expect((await pair.run('install')).code).toBe(0);
			await pair.local.connection.query("INSERT INTO item VALUES (1, 'one')");

			const { code, stderr } = await pair.run('sync');
			expect(stderr).toContain(
				`pair: cloud: ${hosts[0]} cannot be used (the server is read-only (read_only=ON)); ${hosts[1]} is used instead\n`,
			);
			expect(code).toBe(0);
			const [rows] = await pair.cloud.connection.query<RowDataPacket[]>('SELECT id FROM item');
			expect(rows).toEqual([{ id: 1 }]);

			await pair.cloud.connection.query("INSERT INTO item VALUES (2, 'two')");
			const config = JSON.parse(await readFile(pair.configPath, 'utf8'));
			const [entry] = config.sync_pairs;
			const status = async (changes: object, end: object) => {
				const changed = { ...entry, ...changes, cloud: { ...entry.cloud, ...end } };
				const result = await runProgram(['status', '--json'], {
					config: { ...config, sync_pairs: [changed] },
				});
				const [found] = result.json<StatusDocument>().pairs;
				const { state, cloud, directions } = found as StatusDocument['pairs'][number];
				const { pending } = directions.cloud_to_local;
				return {
					code: result.code,
					state,
					error: cloud.error,
					reachable: cloud.reachable,
					pending,
				};
			};
			const well = { code: 0, error: null, reachable: true };
			expect(await status({}, {})).toEqual({ ...well, state: 'idle', pending: 1 });
			// It is not a real replica: a separate database without a change log.
			const other = { node_id: 'replica' };
			expect(await status({ read_only: true }, other)).toEqual({
				...well,
				state: 'paused',
				pending: 0,
			});
			expect(await status({}, { ...other, hosts: hosts.slice(0, 1) })).toEqual({
				code: 1,
				state: 'idle',
				error: 'the server is read-only (read_only=ON)',
				reachable: true,
				pending: 0,
			});
		},
		120_000,
	);
});

/** The faults of the only server, by product. */
const lockouts: readonly {
	product: Product;
	name: string;
	befall: string;
	mend: string;
	told: string;
	code: number;
}[] = [
	...products.map((product) => ({
		product,
		name: 'FLUSH TABLES WITH READ LOCK',
		befall: 'FLUSH TABLES WITH READ LOCK',
		mend: 'UNLOCK TABLES',
		told: 'the server is locked against writing\n  A session holds FLUSH TABLES WITH READ LOCK, LOCK TABLES or a backup lock',
		code: 1,
	})),
	{
		product: 'mariadb',
		name: 'BACKUP STAGE',
		befall: 'BACKUP STAGE START; BACKUP STAGE BLOCK_COMMIT',
		mend: 'BACKUP STAGE END',
		told: 'the server is locked against writing\n',
		code: 1,
	},
	{
		product: 'mysql',
		name: 'offline_mode',
		befall: 'SET GLOBAL offline_mode = ON',
		mend: 'SET GLOBAL offline_mode = OFF',
		told: 'The server is currently in offline mode\n  The server is in offline_mode, usually for maintenance. To end it, run SET GLOBAL offline_mode=OFF.',
		code: 3,
	},
];

describeOn(products, 'a server that answers but cannot serve', () => {
	it.each(everyday(lockouts, 1))(
		'is reported: $product, $name',
		async (lockout) => {
			const { product, befall: statement, mend, told, code } = lockout;
			const server = await startOwnServer(product, {
				args: product === 'mysql' ? ['--log-bin-trust-function-creators=1'] : [],
			});
			const login = { user: 'plain', password: 'plain' };
			const pair = await testPair(
				{ local: 'mariadb', cloud: server },
				{ schema, ends: { cloud: login } },
			);
			const root = pair.cloud.connection;
			await root.query("CREATE USER plain@'127.0.0.1' IDENTIFIED BY 'plain'");
			await root.query(`GRANT ALL ON ${pair.cloud.name}.* TO plain@'127.0.0.1'`);
			expect((await pair.run('install')).code).toBe(0);
			await pair.local.connection.query("INSERT INTO item VALUES (1, 'one')");
			await root.query(statement);
			const refused = await pair.run('sync');
			expect(refused.stderr).toContain(`pair pair, cloud: ${told}`);
			expect(refused.code).toBe(code);
			await root.query(mend);
			expect((await pair.run('sync')).code).toBe(0);
			const [rows] = await root.query<RowDataPacket[]>('SELECT id FROM item');
			expect(rows).toEqual([{ id: 1 }]);
		},
		120_000,
	);
});

import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hostNodeId } from '../../source/config/defaults.ts';
import { loadConfig } from '../../source/config/load.ts';
import {
	configFile,
	end,
	load,
	moveConfigHome,
	pair,
	refusals,
	rejection,
	site,
	temporaryFolder,
} from './files.ts';

test('a small configuration is loaded with every default filled in', async () => {
	const path = await configFile({
		$schema: './config.schema.json',
		sync_pairs: [pair({ local: end({ password: 'secret' }) })],
	});
	expect(await loadConfig({ path, env: {} })).toEqual({
		path,
		nodeId: hostNodeId(),
		refresh: 2000,
		readOnly: false,
		pairs: [
			{
				name: 'shop',
				enabled: true,
				local: {
					side: 'local',
					nodeId: hostNodeId(),
					endpoints: [{ host: '127.0.0.1', port: 3306 }],
					user: 'sync',
					password: 'secret',
					database: 'shop',
				},
				cloud: {
					side: 'cloud',
					nodeId: 'cloud',
					endpoints: [{ host: 'cloud.example', port: 3306 }],
					user: 'sync',
					password: '',
					database: 'shop',
				},
				tables: 'all',
				excludeTables: [],
				interval: 600_000,
				batchSize: 100,
				maxBatchSize: 5000,
				conflict: 'newest',
				retention: 7 * 86_400_000,
				readOnly: false,
				autoInstall: true,
			},
		],
	});
});

test('settings of the file hold for every pair, and a pair has its own over them', async () => {
	const { pairs, ...top } = await load(
		site(
			[
				pair(),
				pair({
					name: 'own',
					local: end({ database: 'own', node_id: 'other' }),
					cloud: end({ host: 'cloud.example', database: 'own', node_id: 'far' }),
					tables: ['a', 'b'],
					exclude_tables: ['b'],
					interval: '200ms',
					batch_size: 7,
					max_batch_size: 8,
					conflict: 'cloud',
					enabled: false,
				}),
			],
			{
				interval: '1h30m',
				batch_size: 20,
				max_batch_size: 30,
				refresh: '500ms',
				conflict: 'manual',
				retention: '0s',
				auto_install: false,
			},
		),
	);
	expect(top).toMatchObject({ nodeId: 'site', refresh: 500 });
	expect(pairs).toMatchObject([
		{
			local: { nodeId: 'site' },
			interval: 5_400_000,
			batchSize: 20,
			maxBatchSize: 30,
			conflict: 'manual',
			retention: 0,
			autoInstall: false,
		},
		{
			local: { nodeId: 'other' },
			cloud: { nodeId: 'far' },
			tables: ['a', 'b'],
			excludeTables: ['b'],
			interval: 200,
			batchSize: 7,
			maxBatchSize: 8,
			conflict: 'cloud',
			autoInstall: false,
			enabled: false,
		},
	]);
});

test.each([
	[false, false, false],
	[false, true, true],
	[true, false, true],
	[true, true, true],
])('read_only %s in the file and %s in the pair is %s', async (file, own, expected) => {
	const config = await load(site([pair({ read_only: own })], { read_only: file }));
	expect(config.readOnly).toBe(file);
	expect(config.pairs[0]?.readOnly).toBe(expected);
});

test.each([
	['web 1.örtlich', 'web-1.-rtlich'],
	['x'.repeat(80), 'x'.repeat(64)],
	['', 'local'],
])('the host name %j makes the node id %s', (host, id) => {
	expect(hostNodeId(host)).toBe(id);
});

describe('batch sizes', () => {
	test.each([
		[{ batch_size: 9000 }, {}, [9000, 9000]],
		[{}, { batch_size: 9000 }, [9000, 9000]],
		[{ max_batch_size: 40 }, {}, [40, 40]],
		[{ batch_size: 9000 }, { batch_size: 10 }, [10, 5000]],
		[{ batch_size: 50, max_batch_size: 50 }, {}, [50, 50]],
	])('%j in the file and %j in the pair give %j', async (file, own, sizes) => {
		const { pairs } = await load(site([pair(own)], file));
		expect(pairs.map(({ batchSize, maxBatchSize }) => [batchSize, maxBatchSize])).toEqual([sizes]);
	});

	test.each([
		[{ batch_size: 50, max_batch_size: 40 }, {}, 'max_batch_size (40) is below batch_size (50)'],
		[
			{ batch_size: 50 },
			{ max_batch_size: 40 },
			'sync_pairs[0].max_batch_size (40) is below batch_size (50)',
		],
		[{ max_batch_size: 40 }, { batch_size: 50 }, 'max_batch_size (40) is below batch_size (50)'],
	])('%j in the file and %j in the pair contradict each other', async (file, own, message) => {
		const found = await refusals(site([pair(own)], file));
		expect(found).toEqual([expect.stringContaining(message)]);
	});
});

describe('where a server is', () => {
	const local = async (entry: Record<string, unknown>) =>
		(await load(site([pair({ local: end(entry) })]))).pairs[0]?.local;

	test('host and port', async () => {
		const expected = { endpoints: [{ host: 'db.example', port: 3307 }] };
		expect(await local({ host: 'db.example', port: 3307 })).toMatchObject(expected);
	});

	test('an IPv6 address, with or without brackets', async () => {
		const expected = { endpoints: [{ host: 'fe80::1', port: 3306 }] };
		expect(await local({ host: 'fe80::1' })).toMatchObject(expected);
		expect(await local({ host: '[fe80::1]' })).toMatchObject(expected);
	});

	test('several hosts, with ports or with the one of the end', async () => {
		const hosts = ['a.example:4000', 'b.example', '[::1]:4001', '[fe80::1]'];
		expect((await local({ hosts }))?.endpoints).toEqual([
			{ host: 'a.example', port: 4000 },
			{ host: 'b.example', port: 3306 },
			{ host: '::1', port: 4001 },
			{ host: 'fe80::1', port: 3306 },
		]);
		expect((await local({ hosts: ['b.example'], port: 3310 }))?.endpoints).toEqual([
			{ host: 'b.example', port: 3310 },
		]);
	});

	test('a socket, from the home folder or from the folder of the file', async () => {
		expect(await local({ socket: '~/db.sock' })).toMatchObject({
			endpoints: [],
			socket: join(homedir(), 'db.sock'),
		});
		const folder = await temporaryFolder();
		const path = await configFile(site([pair({ local: end({ socket: 'db.sock' }) })]), folder);
		const config = await loadConfig({ path, env: {} });
		expect(config.pairs[0]?.local.socket).toBe(join(folder, 'db.sock'));
	});

	test.each([
		[{ host: 'a', hosts: ['b'] }, 'local.host cannot stand beside `hosts`'],
		[{ host: 'a', socket: '/s' }, 'local.host cannot stand beside `socket`'],
		[{ port: 1, socket: '/s' }, 'local.port cannot stand beside `socket`'],
		[{ hosts: ['a'], socket: '/s' }, 'local.hosts cannot stand beside `socket`'],
		[{ hosts: [] }, 'local.hosts must be a list'],
		[{ hosts: ['a', 'a'] }, 'local.hosts must be a list of different servers'],
		[{ hosts: ['a', '::1'] }, 'local.hosts[1] must be host or host:port, an IPv6 address in'],
		[{ hosts: ['a:0'] }, 'local.hosts[0] must have a port from 1 to 65535'],
		[{ hosts: ['a:99999'] }, 'local.hosts[0] must have a port from 1 to 65535'],
		[{ host: 'db:3307' }, 'local.host must be a host name or an address; a port goes in `port`'],
		[{ host: 'mysql://db' }, 'local.host must be a host name or an address'],
		[{ port: 0 }, 'local.port must be a whole number from 1 to 65535'],
		[{ port: '3306' }, 'local.port must be a whole number from 1 to 65535'],
	])('%j is refused', async (entry, message) => {
		const found = await refusals(site([pair({ local: end(entry) })]));
		expect(found).toEqual([expect.stringContaining(`sync_pairs[0].${message}`)]);
	});
});

describe('what does not fit the schema', () => {
	test('is listed at once, in the order of the file, with line, column and key', async () => {
		const text = `{
  "intervall": "10m",
  "refresh": 2,
  "conflict": "newst",
  "sync_pairs": [
    {
      "name": "shop", "tables": ["change_log"],
      "local": { "user": "u", "database": "d", "prot": 1 },
      "cloud": { "user": "u", "colour": "red" }
    }
  ]
}`;
		expect(await refusals(text)).toEqual([
			'2:3: intervall is not a known key; did you mean `interval`?',
			expect.stringMatching(/^3:3: refresh must be a number with its unit, in quotes, such as/),
			'4:3: conflict must be one of newest, local, cloud, manual; did you mean `newest`?',
			"7:34: sync_pairs[0].tables[0] is a table of the program's own: leave it out",
			'8:48: sync_pairs[0].local.prot is not a known key; did you mean `port`?',
			'9:7: sync_pairs[0].cloud.database is missing',
			'9:31: sync_pairs[0].cloud.colour is not a known key; known here: host, port, socket, ' +
				'hosts, user, password, database, node_id, ssl',
		]);
	});

	test.each([
		['[]', '1:1: the configuration must be one JSON object'],
		[{ sync_pairs: {} }, 'sync_pairs must be a list'],
		[{ sync_pairs: [1] }, 'sync_pairs[0] must be an object'],
		[{ read_only: 'yes' }, 'read_only must be true or false'],
		[{ node_id: 'a,b' }, 'node_id must be 1 to 64 of the characters'],
		[{ node_id: 'x'.repeat(65) }, 'node_id must be 1 to 64 of the characters'],
		[{ batch_size: 1.5 }, 'batch_size must be a whole number'],
		[{ batch_size: 0 }, 'batch_size must be a whole number from 1'],
		[{ conflict: 'oldest-of-all' }, 'conflict must be one of newest, local, cloud, manual'],
		[{ interval: '10' }, 'interval must be a number with its unit'],
		[site([pair({ name: '-x' })]), 'sync_pairs[0].name must be 1 to 64 characters'],
		[site([pair({ name: 'a\u001b[2J' })]), 'sync_pairs[0].name must be 1 to 64 characters'],
		[site([pair({ tables: 'some' })]), 'sync_pairs[0].tables must be "all" or a list'],
		[site([pair({ tables: [] })]), 'sync_pairs[0].tables must be "all" or a list'],
		[site([pair({ tables: ['Change_Log_x'] })]), 'sync_pairs[0].tables[0] is a table of the'],
		[site([pair({ exclude_tables: 'a' })]), 'sync_pairs[0].exclude_tables must be a list'],
	])('such as %j is refused', async (content, message) => {
		expect(await refusals(content)).toEqual([expect.stringContaining(message)]);
	});

	test.each([
		{ password: 4711 },
		{ password: { env: 'A', file: '4711' } },
		{ user: '', ssl: 4711 },
	])('is described without its value: %j', async (entry) => {
		const found = await refusals(site([pair({ local: end(entry) })]));
		expect(found.join()).toMatch(/local\.(password|ssl) must be/);
		expect(found.join()).not.toContain('4711');
	});
});

test('times too short or too long are refused, wherever they stand', async () => {
	const found = await refusals(
		site([pair({ interval: '0.1s' })], {
			interval: '50000d',
			refresh: '199ms',
			retention: '60000d',
		}),
	);
	expect(found).toEqual([
		expect.stringContaining('refresh must be 200ms or more'),
		expect.stringContaining('retention is too long'),
		expect.stringContaining('sync_pairs[0].interval must be 200ms or more'),
	]);
});

test('a fault of the whole file is told once, whatever the number of pairs', async () => {
	const other = pair({
		name: 'other',
		local: end({ database: 'o' }),
		cloud: end({ database: 'p' }),
	});
	expect(await refusals(site([pair(), other], { interval: '50000d' }))).toEqual([
		expect.stringContaining('interval is too long: the maximum is a hundred years'),
	]);
});

describe('a configuration without a pair', () => {
	test.each([{}, { sync_pairs: [] }])('is refused: %j', async (content) => {
		const error = await rejection(load(content));
		expect(error.message).toMatch(/config\.json: no pair is configured$/);
		expect(error.hint).toContain('sync_pairs');
	});

	test('is returned to who can set a pair up', async () => {
		const path = await configFile({ node_id: 'here' });
		const config = await loadConfig({ path, env: {}, allowNoPairs: true });
		expect(config).toMatchObject({ path, nodeId: 'here', pairs: [] });
	});
});

describe('a file that is not there', () => {
	test('is refused with its path and what to do', async () => {
		const path = join(await temporaryFolder(), 'none.json');
		for (const allowNoPairs of [false, true]) {
			const error = await rejection(loadConfig({ path, allowNoPairs }));
			expect(error).toMatchObject({
				code: 'config',
				message: `the configuration file is ${path}, which does not exist`,
				hint: expect.stringContaining('--config FILE'),
			});
		}
	});

	test('at the default place is a configuration without pairs to who can set one up', async () => {
		const folder = await temporaryFolder();
		moveConfigHome(folder);
		expect(await loadConfig({ allowNoPairs: true })).toMatchObject({
			path: join(folder, 'mysql-sync-tui', 'config.json'),
			refresh: 2000,
			pairs: [],
		});
		expect((await rejection(loadConfig())).message).toContain('which does not exist');
		expect(await readdir(folder)).toEqual([]);
	});

	test('but is a folder is refused too', async () => {
		const path = await temporaryFolder();
		expect((await rejection(loadConfig({ path }))).message).toContain('which is a folder');
	});
});

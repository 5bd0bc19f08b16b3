import { describe, expect, test } from 'vitest';
import { end, load, pair, refusals, site } from './files.ts';

/** A pair between two databases, each written as host, database and node id. */
function between(
	name: string,
	[host, database, nodeId]: [string, string, string?],
	[cloudHost, cloudDatabase, cloudNodeId]: [string, string, string?],
	entry: Record<string, unknown> = {},
) {
	return pair({
		name,
		local: end({ host, database, node_id: nodeId }),
		cloud: end({ host: cloudHost, database: cloudDatabase, node_id: cloudNodeId }),
		...entry,
	});
}

test('two pairs of one name are refused, also where one is not enabled', async () => {
	const pairs = [
		pair({ name: 'shop' }),
		between('stock', ['a', 'x'], ['b', 'x']),
		between('shop', ['c', 'x'], ['d', 'x'], { enabled: false }),
	];
	expect(await refusals(site(pairs))).toEqual([
		expect.stringContaining(
			'sync_pairs[2].name is "shop", which sync_pairs[0] already uses: rename one of them',
		),
	]);
});

describe('a pair with one database for both ends is refused', () => {
	test.each([
		[{ host: 'localhost' }, { host: '127.0.0.1' }],
		[{ host: '[::1]' }, {}],
		[{ host: 'DB.example.' }, { host: 'db.example', port: 3306 }],
		[{ hosts: ['a', 'b:3307'] }, { hosts: ['c', 'B:3307'] }],
		[{ socket: '/run/db.sock' }, { socket: '/run/../run/db.sock' }],
	])('%j and %j', async (local, cloud) => {
		const found = await refusals(site([pair({ local: end(local), cloud: end(cloud) })]));
		expect(found).toEqual([
			expect.stringContaining(
				'sync_pairs[0].cloud is the same database as local in pair "shop": a pair needs two',
			),
		]);
	});

	test.each([
		[{ host: 'a' }, { host: 'b' }],
		[{ port: 3306 }, { port: 3307 }],
		[{ database: 'x' }, { database: 'y' }],
		[{ socket: '/a.sock' }, { socket: '/b.sock' }],
		[{ socket: '/a.sock' }, { host: 'localhost' }],
	])('but not %j and %j', async (local, cloud) => {
		const config = await load(site([pair({ local: end(local), cloud: end(cloud) })]));
		expect(config.pairs).toHaveLength(1);
	});
});

test('a pair whose ends have one node id is refused, whatever its capitals', async () => {
	expect(
		await refusals(
			site([pair({ cloud: end({ host: 'c', node_id: 'Cloud' }) })], { node_id: 'cloud' }),
		),
	).toEqual([
		expect.stringContaining(
			'sync_pairs[0].cloud.node_id is Cloud on both sides of pair "shop": choose a different',
		),
	]);
});

describe('pairs that share a database', () => {
	test('may be the sites of a hub, each with an id of its own', async () => {
		const pairs = [
			between('berlin', ['b', 'shop', 'berlin'], ['hub', 'shop']),
			between('paris', ['p', 'shop', 'paris'], ['hub', 'shop']),
			between('rome', ['r', 'shop', 'rome'], ['hub', 'shop']),
		];
		expect((await load(site(pairs))).pairs).toHaveLength(3);
	});

	test('are refused if two of its peers have one id', async () => {
		const pairs = [
			between('berlin', ['b', 'shop'], ['hub', 'shop']),
			between('paris', ['p', 'shop'], ['hub', 'shop']),
		];
		const found = await refusals(site(pairs));
		expect(found).toEqual([
			expect.stringContaining(
				'sync_pairs[1].local.node_id is site for two databases that exchange changes: local of pair "paris" ' +
					'and local of pair "berlin": choose a different node_id for one of them',
			),
		]);
	});

	test('are refused if one local database has two clouds of one id', async () => {
		const pairs = [
			between('a', ['x', 'shop'], ['c1', 'd']),
			between('b', ['x', 'shop'], ['c2', 'd']),
		];
		expect(await refusals(site(pairs))).toEqual([
			expect.stringContaining('sync_pairs[1].cloud.node_id is cloud for two databases'),
		]);
	});

	test('are refused if ids meet further along a chain of pairs', async () => {
		const pairs = [
			between('a', ['x', 'd', 'one'], ['h1', 'd', 'hub1']),
			between('b', ['h1', 'd', 'hub1'], ['h2', 'd', 'hub2']),
			between('c', ['y', 'd', 'one'], ['h2', 'd', 'hub2']),
		];
		expect(await refusals(site(pairs))).toEqual([
			expect.stringContaining('sync_pairs[2].local.node_id is one for two databases'),
		]);
	});

	test('are refused if they give it different ids', async () => {
		const pairs = [
			between('a', ['x', 'd', 'one'], ['hub', 'd', 'hub']),
			between('b', ['y', 'd', 'two'], ['HUB', 'd', 'center']),
		];
		expect(await refusals(site(pairs))).toEqual([
			expect.stringContaining(
				'sync_pairs[1].cloud.node_id is center in pair "b", but the same database is hub in pair ' +
					'"a": use the same node_id in both',
			),
		]);
	});

	test('are recognised by any one server of a cluster', async () => {
		const cluster = (...hosts: string[]) => end({ hosts });
		const pairs = [
			pair({ name: 'a', local: end({ host: 'x' }), cloud: cluster('c1', 'c2') }),
			pair({ name: 'b', local: end({ host: 'y' }), cloud: cluster('c3', 'c2') }),
		];
		expect(await refusals(site(pairs))).toEqual([
			expect.stringContaining('sync_pairs[1].local.node_id is site for two databases'),
		]);
	});

	test('are not looked at where one is not enabled', async () => {
		const pairs = [
			between('berlin', ['b', 'shop'], ['hub', 'shop']),
			between('paris', ['p', 'shop'], ['hub', 'shop'], { enabled: false }),
		];
		expect((await load(site(pairs))).pairs).toHaveLength(2);
	});
});

test('pairs that share no database may use the same ids', async () => {
	const pairs = [
		between('shop', ['localhost', 'shop'], ['c', 'shop']),
		between('stock', ['localhost', 'stock'], ['c', 'stock']),
	];
	expect((await load(site(pairs))).pairs).toHaveLength(2);
});

test('every contradiction is listed at once, beside what else is wrong', async () => {
	const pairs = [
		between('berlin', ['b', 'shop'], ['hub', 'shop']),
		between('berlin', ['p', 'shop'], ['hub', 'shop'], { interval: '1ms' }),
		pair({ name: 'self', cloud: end({ password: { env: 'NO_SUCH' } }) }),
	];
	expect(await refusals(site(pairs))).toEqual([
		expect.stringContaining('sync_pairs[1].name is "berlin"'),
		expect.stringContaining('sync_pairs[1].local.node_id is site for two databases'),
		expect.stringContaining('sync_pairs[1].interval must be 200ms or more'),
		expect.stringContaining('sync_pairs[2].cloud is the same database as local'),
		expect.stringContaining('sync_pairs[2].cloud.password.env names the environment variable'),
	]);
});

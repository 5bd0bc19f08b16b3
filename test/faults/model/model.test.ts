import type { RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { type ConflictPolicy, type Side, sides } from '../../../source/config/types.ts';
import type { RowImage } from '../../../source/database/rows/row-image.ts';
import type { Product } from '../../../source/demo/servers/product.ts';
import { listConflicts, resolveConflict } from '../../../source/engine/records/conflicts.ts';
import { closeBoth, openBoth } from '../../../source/engine/shared/connections.ts';
import { asSyncError } from '../../../source/errors.ts';
import { type EnginePair, enginePair, errorsOf } from '../../support/engine-pair.ts';
import { type LineProxy, startProxy, type Way } from '../../support/proxy.ts';
import { Chance, rounds, timeFor } from '../../support/rounds.ts';
import { sharedServer } from '../../support/servers.ts';
import { describeOneWay, everyday } from '../../support/suites.ts';
import { Application, keyText, schema, tables } from './application.ts';
import { Ledger, type OnRecord } from './ledger.ts';

/** A site and what cuts its lines. */
interface Site {
	node: string;
	pair: EnginePair;
	proxies: Record<Side, LineProxy>;
}

/** Sites around one cloud, and all that the applications of all of them did. */
interface World {
	sites: readonly Site[];
	applications: readonly Application[];
	ledger: Ledger;
	chance: Chance;
	/** Ends it: connections are few, and many worlds come one after the other. */
	end: () => Promise<void>;
}

async function createWorld(
	products: Record<Side, Product>,
	conflict: ConflictPolicy,
	chance: Chance,
	nodes: readonly string[],
): Promise<World> {
	const sites: Site[] = [];
	const works: (() => Promise<void>)[] = [];
	const atEnd = (work: () => Promise<void>) => void works.push(work);
	for (const [index, node] of nodes.entries()) {
		const local = index % 2 === 0 ? products.local : products.cloud;
		const proxies = {
			local: await startProxy(sharedServer(local).address, atEnd),
			cloud: await startProxy(sharedServer(products.cloud).address, atEnd),
		};
		const [first] = sites;
		const pair = await enginePair(
			{ ...products, local },
			{
				schema,
				node,
				atEnd,
				...(first && { cloud: first.pair.cloud }),
				ports: { local: proxies.local.port, cloud: proxies.cloud.port },
				config: { batchSize: 4, maxBatchSize: 12, conflict },
			},
		);
		sites.push({ node, pair, proxies });
		await pair.sync();
	}
	const ledger = new Ledger();
	const applications = sites.map(
		({ node, pair }) => new Application(pair.local.connection, node, ledger, chance),
	);
	const [first] = sites;
	if (first) {
		applications.push(new Application(first.pair.cloud.connection, 'cloud', ledger, chance));
	}
	const end = async () => {
		for (const work of works.reverse()) await work();
	};
	return { sites, applications, ledger, chance, end };
}

/** A run of a site's engine, whose lines are cut somewhere more often than not. */
async function syncWithCut({ sites, chance }: World): Promise<void> {
	const { pair, proxies } = chance.pick(sites);
	const side = chance.pick(sides);
	const bytes = chance.below(12_000);
	if (chance.below(4) === 0) proxies[side].swallowReply('COMMIT', 1 + chance.below(3));
	else if (chance.below(4) > 0) proxies[side].cutAfter(chance.pick<Way>(['up', 'down']), bytes);
	const other = proxies[side === 'local' ? 'cloud' : 'local'];
	// With both lines an engine is gone that was killed; with one, a server.
	if (chance.below(2) === 0) proxies[side].onStrike = () => other.cut();
	try {
		await pair.sync(chance.below(2) === 0);
	} catch (thrown) {
		expect(['unreachable', 'busy', 'held']).toContain(asSyncError(thrown).code);
	}
	for (const proxy of Object.values(proxies)) proxy.mend();
}

/** Runs applications and engines alternately and concurrently. */
async function live(world: World, steps: number): Promise<void> {
	const { applications, chance } = world;
	for (let step = 0; step < steps; step += 1) {
		const writing = async () => {
			for (let count = 1 + chance.below(3); count > 0; count -= 1) {
				await chance.pick(applications).transact();
			}
		};
		await writing();
		if (chance.below(3) > 0) continue;
		const syncing = syncWithCut(world);
		if (chance.below(2) === 0) await writing();
		await syncing;
	}
}

/** What a person does in the end: syncs, and decides what is left to a person, until all is equal. */
async function settle({ sites, chance }: World): Promise<void> {
	let left: string[] = [];
	for (let round = 0; round < 20; round += 1) {
		left = [];
		for (const { pair } of sites) {
			const moved = await pair.sync();
			left.push(...errorsOf(moved), ...(await decideAll(pair, chance)));
			const batches = moved.local_to_cloud.batches + moved.cloud_to_local.batches;
			if (batches > 0) left.push('something moved');
		}
		if (left.length === 0) return;
	}
	throw new Error(`not settled: ${left.join('; ')}`);
}

/** Decides every open conflict. Resolves to their ids. */
async function decideAll({ config, ...ends }: EnginePair, chance: Chance): Promise<string[]> {
	const connections = await openBoth(config);
	try {
		const open = await listConflicts(connections, config, true);
		for (const { id } of open) {
			const keep = chance.pick(sides);
			await resolveConflict(connections, config, id, keep).catch(async (error) => {
				// Of two rows that want one code neither may go where others refer to it.
				expect(asSyncError(error).message).toContain('reference it');
				await ends[keep].connection.query('UPDATE item SET code = NULL');
			});
		}
		return open.map(({ id }) => id);
	} finally {
		await closeBoth(connections);
	}
}

async function standing({ sites: [site] }: World): Promise<Map<string, number>> {
	const found = new Map<string, number>();
	for (const table of tables) {
		const sql = `SELECT ${keyText[table]} AS row_key, stamp FROM ${table}`;
		const [rows] = (await site?.pair.cloud.connection.query<RowDataPacket[]>(sql)) ?? [[]];
		for (const { row_key, stamp } of rows) found.set(`${table} ${row_key}`, Number(stamp));
	}
	return found;
}

async function onRecord({ sites }: World): Promise<OnRecord[]> {
	const record: OnRecord[] = [];
	for (const { node, pair } of sites) {
		const others = ['cloud', ...sites.map((site) => site.node)].filter((one) => one !== node);
		const connections = await openBoth(pair.config);
		try {
			for (const { table, local, cloud } of await listConflicts(connections, pair.config, false)) {
				record.push(versionOf(table, local, cloud, [node]), versionOf(table, cloud, local, others));
			}
		} finally {
			await closeBoth(connections);
		}
	}
	return record;
}

/** A side's version in a conflict; if its row is deleted, the key comes from the other side's. */
function versionOf(
	table: string,
	own: RowImage | null,
	other: RowImage | null,
	nodes: readonly string[],
): OnRecord {
	const { id, topic, number } = { ...(own ?? other) };
	const key = table === 'remark' ? `${topic},${number}` : id;
	return { row: `${table} ${key}`, stamp: own && Number(own.stamp), nodes };
}

/** Lets a world live, settles it, and looks whether all is there. */
async function expectNothingLost(world: World, steps: number): Promise<void> {
	const { sites, ledger, chance } = world;
	await live(world, steps);
	await settle(world);
	for (const { pair } of sites) expect(await pair.differences(), chance.words).toEqual([]);
	const lost = ledger.lost(await standing(world), await onRecord(world));
	expect(lost, `of ${ledger.size} versions; ${chance.words}`).toEqual([]);
	await world.end();
}

const worlds = rounds(1);

describeOneWay('whatever applications do while lines are cut, between', (products) => {
	it.each<ConflictPolicy>(everyday(['newest', 'manual', 'local', 'cloud'], 2))(
		'under the policy %s, both sides end equal and no version is lost without a record',
		async (policy) => {
			for (let number = 0; number < worlds; number += 1) {
				const chance = new Chance(`${products.label} ${policy} ${number}`);
				await expectNothingLost(await createWorld(products, policy, chance, ['site']), 30);
			}
		},
		timeFor(worlds),
	);

	it(
		'the same holds for sites around one cloud',
		async () => {
			for (let number = 0; number < worlds; number += 1) {
				const chance = new Chance(`${products.label} hub ${number}`);
				const nodes = worlds > 1 ? ['north', 'south', 'west'] : ['north', 'south'];
				await expectNothingLost(await createWorld(products, 'newest', chance, nodes), 30);
			}
		},
		timeFor(worlds),
	);
});

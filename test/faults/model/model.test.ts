import type { RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { type ConflictPolicy, type Side, sides } from '../../../source/config/types.ts';
import type { RowImage } from '../../../source/database/row-image.ts';
import type { Product } from '../../../source/demo/servers/product.ts';
import { decideConflict, listConflicts } from '../../../source/engine/conflict-list.ts';
import { closeBoth, openBoth } from '../../../source/engine/connections.ts';
import { asSyncError } from '../../../source/errors.ts';
import { type EnginePair, enginePair, errorsOf } from '../../support/engine-pair.ts';
import { type LineProxy, startProxy, type Way } from '../../support/proxy.ts';
import { Chance, rounds, timeFor } from '../../support/rounds.ts';
import { sharedServer } from '../../support/servers.ts';
import { describeOneWay } from '../../support/suites.ts';
import { Application, keyText, schema, tables } from './application.ts';
import { Ledger, type OnRecord } from './ledger.ts';

/** One world: a pair, what cuts its lines, and all that its applications did. */
interface World {
	pair: EnginePair;
	proxies: Record<Side, LineProxy>;
	applications: Record<Side, Application>;
	ledger: Ledger;
	chance: Chance;
	/** Runs that were cut. */
	cuts: number;
}

async function createWorld(
	products: Record<Side, Product>,
	conflict: ConflictPolicy,
	chance: Chance,
): Promise<World> {
	const proxies = {
		local: await startProxy(sharedServer(products.local).address),
		cloud: await startProxy(sharedServer(products.cloud).address),
	};
	const ports = { local: proxies.local.port, cloud: proxies.cloud.port };
	const config = { batchSize: 4, maxBatchSize: 12, conflict };
	const pair = await enginePair(products, { schema, ports, config });
	await pair.sync();
	const ledger = new Ledger();
	const applications = {
		local: new Application(pair.local.connection, 'local', ledger, chance),
		cloud: new Application(pair.cloud.connection, 'cloud', ledger, chance),
	};
	return { pair, proxies, applications, ledger, chance, cuts: 0 };
}

/** A run of the engine, whose lines are cut somewhere more often than not. */
async function syncWithCut(world: World): Promise<void> {
	const { pair, proxies, chance } = world;
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
		expect(['unreachable', 'busy']).toContain(asSyncError(thrown).code);
		world.cuts += 1;
	}
	for (const proxy of Object.values(proxies)) proxy.mend();
}

/** Applications and engine at work by turns and at once. */
async function live(world: World, steps: number): Promise<void> {
	const { applications, chance } = world;
	for (let step = 0; step < steps; step += 1) {
		const writing = async () => {
			for (let count = 1 + chance.below(3); count > 0; count -= 1) {
				await applications[chance.pick(sides)].transact();
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
async function settle({ pair, chance }: World): Promise<void> {
	for (let round = 0; round < 20; round += 1) {
		const errors = errorsOf(await pair.sync());
		const connections = await openBoth(pair.config);
		try {
			const open = await listConflicts(connections, pair.config, true);
			if (open.length === 0 && errors.length === 0) return;
			for (const { id } of open) {
				const keep = chance.pick(sides);
				await decideConflict(connections, pair.config, id, keep).catch(async (error) => {
					// Of two rows that want one code neither may go where others refer to it.
					expect(asSyncError(error).message).toContain('refer to it');
					await pair[keep].connection.query('UPDATE item SET code = NULL');
				});
			}
		} finally {
			await closeBoth(connections);
		}
	}
	throw new Error(`not settled: ${errorsOf(await pair.sync()).join('; ')}`);
}

async function standing(pair: EnginePair): Promise<Map<string, number>> {
	const found = new Map<string, number>();
	for (const table of tables) {
		const [rows] = await pair.local.connection.query<RowDataPacket[]>(
			`SELECT ${keyText[table]} AS row_key, stamp FROM ${table}`,
		);
		for (const { row_key, stamp } of rows) found.set(`${table} ${row_key}`, Number(stamp));
	}
	return found;
}

async function onRecord(pair: EnginePair): Promise<OnRecord[]> {
	const connections = await openBoth(pair.config);
	try {
		const conflicts = await listConflicts(connections, pair.config, false);
		return conflicts.flatMap(({ table, local, cloud }) => [
			versionOf(table, 'local', local, cloud),
			versionOf(table, 'cloud', cloud, local),
		]);
	} finally {
		await closeBoth(connections);
	}
}

/** A side's version in a conflict; where its row is deleted, the other side's tells the key. */
function versionOf(
	table: string,
	side: Side,
	own: RowImage | null,
	other: RowImage | null,
): OnRecord {
	const { id, topic, number } = { ...(own ?? other) };
	const key = table === 'remark' ? `${topic},${number}` : id;
	return { row: `${table} ${key}`, side, stamp: own && Number(own.stamp) };
}

const worlds = rounds(1);

describeOneWay('whatever two applications do while lines are cut, between', (products) => {
	it.each<ConflictPolicy>(['newest', 'local', 'cloud', 'manual'])(
		'under the policy %s, both sides end equal and no version is lost that is not on record',
		async (policy) => {
			for (let number = 0; number < worlds; number += 1) {
				const chance = new Chance(`${products.label} ${policy} ${number}`);
				const world = await createWorld(products, policy, chance);
				const { pair, ledger } = world;
				await live(world, 30);
				await settle(world);

				expect(await pair.differences(), chance.words).toEqual([]);
				const again = await pair.sync();
				const batches = again.local_to_cloud.batches + again.cloud_to_local.batches;
				expect(batches, chance.words).toBe(0);
				const lost = ledger.lost(await standing(pair), await onRecord(pair));
				expect(lost, `of ${ledger.size} versions; ${chance.words}`).toEqual([]);
			}
		},
		timeFor(worlds),
	);
});

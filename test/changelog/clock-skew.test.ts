import { expect, it, onTestFinished } from 'vitest';
import { microseconds } from '../../source/changelog/session/clock-skew.ts';
import { type Direction, directions, type Side, sides } from '../../source/config/types.ts';
import { thisHolder } from '../../source/engine/lease/holder.ts';
import { Passes } from '../../source/engine/run/passes.ts';
import { prepare } from '../../source/engine/run/prepare.ts';
import { type Connections, closeBoth, openBoth } from '../../source/engine/shared/connections.ts';
import { type EnginePair, enginePair } from '../support/engine-pair.ts';
import { describeOn } from '../support/suites.ts';

/** Seconds since 1970 at which the two changes are made; the cloud's clock is an hour ahead. */
const [earlier, later, hour] = [1_800_000_000, 1_800_000_005, 3600];

/** Two sides that change one row at these times of their servers' clocks. */
async function changedAt(times: Record<Side, number>): Promise<EnginePair> {
	const pair = await enginePair(
		{ local: 'mariadb', cloud: 'mysql' },
		{ schema: ['CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(9))'] },
	);
	await pair.sync();
	await pair.local.connection.query("INSERT INTO item VALUES (1, 'agreed')");
	await pair.sync();
	for (const side of sides) {
		// A session's timestamp is its server's clock to whatever it runs.
		await pair[side].connection.query(`SET timestamp = ${times[side]}`);
		await pair[side].connection.query(`UPDATE item SET name = '${side}'`);
	}
	return pair;
}

/** What the engine's own sessions are connected to, with the clocks that they are to see. */
async function connect(pair: EnginePair, clocks?: Record<Side, number>): Promise<Connections> {
	const connections = await openBoth(pair.config);
	onTestFinished(() => closeBoth(connections));
	for (const side of sides) {
		if (clocks) await connections[side].run(`SET timestamp = ${clocks[side]}`);
	}
	return connections;
}

async function pass(
	pair: EnginePair,
	connections: Connections,
	ways: readonly Direction[] = directions,
): Promise<void> {
	const { tables } = await prepare(connections, pair.config, new Set());
	const passes = new Passes(connections, pair.config, {
		directions: ways,
		once: false,
		lease: {
			leaseFence: () => [],
			requireHeld: async () => {},
			makeDurable: async () => {},
			holder: thisHolder(),
		},
		stopped: () => false,
	});
	await passes.move(tables);
	expect(passes.failure).toBeNull();
}

describeOn(['mariadb', 'mysql'], 'clocks that differ by an hour', () => {
	it.each([
		['the local change, where it was later', later, earlier, 'local'],
		['the change in the cloud, where it was later', earlier, later, 'cloud'],
	])('let the policy newest keep %s', async (_, atLocal, atCloud, kept) => {
		const pair = await changedAt({ local: atLocal, cloud: atCloud + hour });
		const now = later + 60;
		const connections = await connect(pair, { local: now, cloud: now + hour });

		await pass(pair, connections);

		for (const side of sides) {
			expect(await connections[side].rows('SELECT name FROM item')).toEqual([{ name: kept }]);
		}
		const [entry] = await connections[kept === 'local' ? 'cloud' : 'local'].rows<{ at: string }>(
			'SELECT changed_at AS at FROM change_log ORDER BY id DESC LIMIT 1',
		);
		const inItsOwnTime = kept === 'local' ? later + hour : later;
		expect(Number(microseconds(entry?.at ?? null) / 1_000_000n)).toBeCloseTo(inItsOwnTime, -1);
	});
});

describeOn(['mariadb', 'mysql'], 'two changes of one row at the same microsecond', () => {
	it.each(directions)('end as that of the greater node id, with %s first', async (first) => {
		const pair = await changedAt({ local: later, cloud: later });
		const connections = await connect(pair);

		await pass(pair, connections, [first, ...directions.filter((way) => way !== first)]);

		expect(pair.config.local.nodeId > pair.config.cloud.nodeId).toBe(true);
		for (const side of sides) {
			expect(await connections[side].rows('SELECT name FROM item')).toEqual([{ name: 'local' }]);
		}
	});
});

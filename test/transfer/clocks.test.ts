import { expect, it, onTestFinished } from 'vitest';
import { directions } from '../../source/config/types.ts';
import { closeBoth, openBoth } from '../../source/engine/connections.ts';
import { thisHolder } from '../../source/engine/holder.ts';
import { prepare } from '../../source/engine/prepare.ts';
import { passOver } from '../../source/engine/sync.ts';
import { microseconds } from '../../source/transfer/clocks.ts';
import { enginePair } from '../support/engine-pair.ts';
import { describeOn } from '../support/suites.ts';

/** Seconds since 1970 at which the two changes are made; the cloud's clock is an hour ahead. */
const [earlier, later, hour] = [1_800_000_000, 1_800_000_005, 3600];

describeOn(['mariadb', 'mysql'], 'clocks that differ by an hour', () => {
	it.each([
		['the local change, where it was later', later, earlier, 'local'],
		['the change in the cloud, where it was later', earlier, later, 'cloud'],
	])('let the policy newest keep %s', async (_, atLocal, atCloud, kept) => {
		const pair = await enginePair(
			{ local: 'mariadb', cloud: 'mysql' },
			{ schema: ['CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(9))'] },
		);
		await pair.sync();
		await pair.local.connection.query("INSERT INTO item VALUES (1, 'agreed')");
		await pair.sync();
		// A session's timestamp is its server's clock to whatever it runs.
		await pair.local.connection.query(`SET timestamp = ${atLocal}`);
		await pair.cloud.connection.query(`SET timestamp = ${atCloud + hour}`);
		await pair.local.connection.query("UPDATE item SET name = 'local'");
		await pair.cloud.connection.query("UPDATE item SET name = 'cloud'");
		const connections = await openBoth(pair.config);
		onTestFinished(() => closeBoth(connections));
		const { tables } = await prepare(connections, pair.config, new Set());
		await connections.local.run(`SET timestamp = ${later + 60}`);
		await connections.cloud.run(`SET timestamp = ${later + 60 + hour}`);

		await passOver(connections, pair.config, tables, {
			directions,
			once: false,
			lease: { holdFast: async () => {}, makeDurable: async () => {}, holder: thisHolder() },
			stopped: () => false,
		});

		for (const side of ['local', 'cloud'] as const) {
			expect(await connections[side].rows('SELECT name FROM item')).toEqual([{ name: kept }]);
		}
		const [entry] = await connections[kept === 'local' ? 'cloud' : 'local'].rows<{ at: string }>(
			'SELECT changed_at AS at FROM change_log ORDER BY id DESC LIMIT 1',
		);
		const inItsOwnTime = kept === 'local' ? later + hour : later;
		expect(Number(microseconds(entry?.at ?? null) / 1_000_000n)).toBeCloseTo(inItsOwnTime, -1);
	});
});

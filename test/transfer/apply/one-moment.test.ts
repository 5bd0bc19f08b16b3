import { expect, it } from 'vitest';
import { countPending, fetchPendingOf } from '../../../source/changelog/log/pending.ts';
import { Lease } from '../../../source/engine/lease/lease.ts';
import { prepare } from '../../../source/engine/run/prepare.ts';
import { findVanished } from '../../../source/engine/run/uncaptured-rows.ts';
import { closeBoth, openBoth } from '../../../source/engine/shared/connections.ts';
import { type EnginePair, enginePair } from '../../support/engine-pair.ts';
import { interposed } from '../../support/interposed.ts';
import { describeOneWay } from '../../support/suites.ts';

const schema = ['CREATE TABLE item (id INT PRIMARY KEY, v INT)'];

/** Acknowledges what is pending at the hub, each time for one more of many other sites. */
function otherSites({ cloud }: EnginePair) {
	let site = 0;
	return async () => {
		site += 1;
		const [result] = await cloud.connection.query(
			`UPDATE change_log
			SET applied_nodes = IF(applied_nodes = '', 'a${site}', CONCAT(applied_nodes, ',a${site}'))
			WHERE NOT FIND_IN_SET('site', applied_nodes) AND LENGTH(applied_nodes) < 2000`,
		);
		return result;
	};
}

describeOneWay('what is pending at a hub, between', (products) => {
	it('is found although another site acknowledges it between two questions', async () => {
		const pair = await enginePair(products, { schema });
		await pair.sync();
		await pair.cloud.connection.query('INSERT INTO item VALUES (1, 1)');
		const connections = await openBoth(pair.config);
		try {
			const acknowledge = otherSites(pair);
			let statements = 0;
			let held = Number.POSITIVE_INFINITY;
			const hub = interposed(connections.cloud, async () => {
				statements += 1;
				if (statements === held) await acknowledge();
			});
			const pending = async () => [
				(await fetchPendingOf(hub, 'site', ['item'], ['x31'])).length,
				(await countPending(hub, 'site', new Set(['item']))).pending,
			];
			// The acknowledgement comes before the first statement, the second and so on.
			for (let before = 1; before <= 6; before += 1) {
				expect(await pending()).toEqual([1, 1]);
				held = statements + before;
				expect(await pending(), `before statement ${before}`).toEqual([1, 1]);
			}
		} finally {
			await closeBoth(connections);
		}
	});

	it('is not taken for rows that came without a trigger', async () => {
		const pair = await enginePair(products, { schema });
		await pair.sync();
		await pair.local.connection.query('INSERT INTO item VALUES (10, 1), (20, 1)');
		await pair.sync();
		const connections = await openBoth(pair.config);
		const lease = new Lease(pair.config);
		try {
			await lease.take();
			const { tables } = await prepare(connections, pair.config, new Set());
			const acknowledge = otherSites(pair);
			let statements = 0;
			let held = 0;
			const cloud = interposed(connections.cloud, async () => {
				statements += 1;
				if (statements === held) await acknowledge();
			});
			const look = () =>
				findVanished({ ...connections, cloud }, pair.config, tables, (connection) =>
					lease.requireHeld(connection),
				);
			for (let before = 1; before <= 12; before += 1) {
				// The edges of the table are other rows each time, and one that is marked is deleted.
				await pair.cloud.connection.query(
					`INSERT INTO item VALUES (${20 + before}, 1), (${10 - before}, 1)`,
				);
				await pair.cloud.connection.query(`DELETE FROM item WHERE id = ${before % 2 ? 10 : 20}`);
				expect(await look()).toEqual([]);
				held = statements + before;
				expect(await look(), `before statement ${before}`).toEqual([]);
			}
		} finally {
			await closeBoth(connections);
			await lease.release();
		}
	});

	it('is no alarm in many runs while an application writes there and another site fetches', async () => {
		const pair = await enginePair(products, { schema });
		const other = await enginePair(products, { schema, node: 'other', cloud: pair.cloud });
		await pair.sync();
		await other.sync();
		const application = await pair.cloud.connect();
		let working = true;
		const written = (async () => {
			for (let id = 1; working; id += 1) {
				await application.query(`INSERT INTO item VALUES (${id}, 1), (${-id}, 1)`);
				if (id > 3) await application.query(`DELETE FROM item WHERE id IN (${id - 3}, ${3 - id})`);
			}
		})();
		const fetched = (async () => {
			while (working) await other.sync();
		})();
		try {
			for (let round = 0; round < 20; round += 1) {
				expect((await pair.sync()).unsettled).toEqual([]);
			}
		} finally {
			working = false;
			await written;
			await fetched;
		}
	}, 120_000);
});

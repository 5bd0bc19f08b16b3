import { expect, it } from 'vitest';
import { withInstallLock } from '../../../source/engine/install/install-lock.ts';
import { closeBoth, openBoth } from '../../../source/engine/shared/connections.ts';
import { enginePair } from '../../support/engine-pair.ts';
import { describeOneWay } from '../../support/suites.ts';
import { waitFor } from '../../support/wait.ts';

describeOneWay('while another process installs, between', (combination) => {
	it('sync waits longer than an engine, which tries again', { timeout: 90_000 }, async () => {
		const pair = await enginePair(combination, {
			schema: ['CREATE TABLE item (id INT PRIMARY KEY)'],
		});
		await pair.local.connection.query('INSERT INTO item VALUES (1)');
		const other = await openBoth(pair.config);
		let finish = () => {};
		const finished = new Promise<void>((resolve) => {
			finish = resolve;
		});
		const installing = withInstallLock(other, pair.config, 30, () => finished);
		const syncing = pair.sync();
		try {
			// Each statement waits a few seconds, which is more than the patience of an engine.
			const statements = new Set<string>();
			const waits = async () => {
				for (const { connection } of [pair.local, pair.cloud]) {
					const [rows] = await connection.query('SHOW FULL PROCESSLIST');
					for (const { Id, Time, Info } of rows as { Id: number; Time: number; Info: unknown }[]) {
						if (/^SELECT GET_LOCK/.test(`${Info}`)) {
							statements.add(`${Id} ${Math.round(Date.now() / 1000 - Time)}`);
						}
					}
				}
				return statements.size > 2;
			};
			await waitFor(waits, { what: 'another statement that waits for the lock', timeout: 60_000 });
		} finally {
			finish();
			await installing;
			await closeBoth(other);
		}
		expect(await syncing).toMatchObject({ local_to_cloud: { applied: 1 }, unsettled: [] });
		expect(await pair.differences()).toEqual([]);
	});
});

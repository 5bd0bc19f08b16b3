import { expect, it } from 'vitest';
import { testPair } from '../../support/pair.ts';
import { runningEngine } from '../../support/running-engine.ts';
import { describeCrossed } from '../../support/suites.ts';
import { waitFor } from '../../support/wait.ts';

describeCrossed('what a crash of the source could still undo', (products) => {
	it('is not transferred before the source has committed something later', async () => {
		const pair = await testPair(products, {
			schema: ['CREATE TABLE item (id INT PRIMARY KEY)'],
			config: { interval: '200ms' },
		});
		await runningEngine(pair);
		const { local, cloud } = pair;
		const arrived = async () => {
			const [rows] = await cloud.connection.query('SELECT id FROM item');
			return (rows as object[]).length > 0;
		};
		// The commit that the engine asks the source for is that of its lease.
		await local.connection.query('START TRANSACTION');
		await local.connection.query('SELECT * FROM change_log_leases FOR UPDATE');
		const application = await local.connect();
		await application.query('INSERT INTO item VALUES (1)');
		const waits = async () => {
			const [sessions] = await application.query('SHOW FULL PROCESSLIST');
			return (sessions as { db: string | null; Info: string | null }[]).some(
				({ db, Info }) => db === local.name && Info?.startsWith('UPDATE change_log_leases'),
			);
		};
		await waitFor(waits, { what: 'the engine to wait for the commit' });
		expect(await arrived()).toBe(false);
		await local.connection.query('COMMIT');
		await waitFor(arrived, { what: 'the row' });
	});
});

import { expect, it } from 'vitest';
import { testPair } from '../../support/pair.ts';
import { startProgram } from '../../support/program.ts';
import { startSlowTable } from '../../support/slow-table.ts';
import { describeOn } from '../../support/suites.ts';
import { waitFor } from '../../support/wait.ts';

const item = 'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))';

describeOn(['mariadb', 'mysql'], 'while another session takes long to create a table', () => {
	it('the others go on, and it is picked up once it is there', async () => {
		const pair = await testPair(
			{ local: 'mariadb', cloud: 'mysql' },
			{ schema: [item], config: { interval: '200ms' } },
		);
		const { local, cloud } = pair;
		await cloud.connection.query('CREATE TABLE slow (id INT PRIMARY KEY, step INT)');
		const program = await startProgram(['run'], { config: pair.configPath });
		await program.waitForOutput('cloud: triggers installed on item', { stream: 'stderr' });
		const slow = await startSlowTable(local, 'slow');
		await program.waitForOutput('local, table slow: another session is creating or altering it', {
			stream: 'stderr',
		});
		await local.connection.query("INSERT INTO item VALUES (1, 'meanwhile')");
		await waitFor(
			async () => {
				const [rows] = await cloud.connection.query('SELECT id FROM item');
				return (rows as unknown[]).length === 1;
			},
			{ what: 'the row to arrive' },
		);
		await slow.finish();
		await program.waitForOutput(/local: triggers installed on slow/, { stream: 'stderr' });
		program.signal('SIGTERM');
		expect(await program.exited).toMatchObject({ code: 0 });
	});

	it('no triggers are dropped or put in their place, as some would not be seen', async () => {
		const pair = await testPair({ local: 'mariadb', cloud: 'mysql' }, { schema: [item] });
		await pair.run('install');
		const slow = await startSlowTable(pair.local, 'slow');
		for (const command of [['uninstall', '--drop-log'], ['install']]) {
			const refused = await pair.run(...command);
			expect(refused.code).toBe(1);
			expect(refused.stderr).toContain('slow: another session is creating or altering it');
		}
		await slow.finish();
		const [triggers] = await pair.local.connection.query('SHOW TRIGGERS');
		expect(triggers).toHaveLength(3);
		expect(await pair.run('uninstall', '--drop-log')).toMatchObject({ code: 0 });
	});
});

import type { Connection } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { products } from '../../source/demo/servers/product.ts';
import type { StatusDocument } from '../../source/engine/api/snapshot.ts';
import { startOwnServer } from '../support/databases.ts';
import { testPair } from '../support/pair.ts';
import { runningEngine } from '../support/running-engine.ts';
import { describeOn, everyday } from '../support/suites.ts';
import { waitFor } from '../support/wait.ts';

const cure = /SET GLOBAL binlog_format = MIXED/;

async function tablesIn(connection: Connection): Promise<number> {
	const [rows] = await connection.query('SHOW TABLES');
	return (rows as unknown[]).length;
}

for (const product of products) {
	describeOn(['mariadb', product], `a ${product} server whose binary log is written as`, () => {
		const started = async (format: string) => {
			const server = await startOwnServer(product, {
				args: [
					...['--log-bin=log', '--server-id=1', `--binlog-format=${format}`],
					'--log-bin-trust-function-creators=1',
				],
			});
			return testPair(
				{ local: 'mariadb', cloud: server },
				{
					schema: ['CREATE TABLE item (id INT PRIMARY KEY, v INT)'],
					config: { interval: '300ms', refresh: '300ms' },
				},
			);
		};

		it('statements is refused with its cure before anything is touched', async () => {
			const pair = await started('STATEMENT');
			const { cloud, local } = pair;
			for (const command of ['install', 'sync'] as const) {
				const { code, stderr } = await pair.run(command);
				expect(code).toBe(1);
				expect(stderr).toMatch(/pair pair, cloud: the server uses statement-based binary logging/);
				expect(stderr).toMatch(cure);
				expect(await tablesIn(cloud.connection)).toBe(1);
				expect(await tablesIn(local.connection)).toBe(1);
			}
			const told = await pair.run('status', '--json');
			expect(told.code).toBe(1);
			expect(told.json<StatusDocument>().pairs[0]?.state).toBe('blocked');
			expect(told.stderr).toMatch(cure);

			await cloud.connection.query('SET GLOBAL binlog_format = MIXED');
			expect((await pair.run('install')).code).toBe(0);
		});

		it.each(everyday(['ROW', 'MIXED'], 1))('%s works', async (format) => {
			const pair = await started(format);
			await pair.sync();
			await pair.cloud.connection.query('INSERT INTO item VALUES (1, 1)');
			await pair.local.connection.query('INSERT INTO item VALUES (2, 1)');
			const moved = await pair.sync();
			expect([moved.cloud_to_local.applied, moved.local_to_cloud.applied]).toEqual([1, 1]);
		});

		it('statements from some time on blocks the pair, and goes on by itself after the cure', async () => {
			const pair = await started('ROW');
			const { shown } = await runningEngine(pair);
			await pair.cloud.connection.query('SET GLOBAL binlog_format = STATEMENT');
			await waitFor(() => shown().state === 'blocked' && cure.test(shown().problem ?? ''), {
				what: 'the pair to be blocked',
			});
			expect((await pair.run('status')).stderr).toMatch(cure);
			// A session that began with the format keeps it.
			const application = await pair.cloud.connect();
			await application.query('INSERT INTO item VALUES (1, 1)');
			expect(await pair.run('uninstall')).toMatchObject({ code: 0, stderr: '' });

			await pair.cloud.connection.query('SET GLOBAL binlog_format = ROW');
			await pair.run('install');
			await waitFor(() => shown().state === 'idle' && shown().problem === null, {
				what: 'the pair to be at work',
				timeout: 90_000,
			});
			await pair.local.connection.query('INSERT INTO item VALUES (2, 1)');
			await waitFor(
				async () => {
					const [rows] = await pair.cloud.connection.query('SELECT 1 FROM item WHERE id = 2');
					return (rows as unknown[]).length > 0;
				},
				{ what: 'the row' },
			);
		}, 150_000);
	});
}

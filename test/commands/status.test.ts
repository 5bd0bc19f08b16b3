import type { RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import type { StatusDocument } from '../../source/engine/api/snapshot.ts';
import { freshDatabase } from '../support/databases.ts';
import { testPair } from '../support/pair.ts';
import { runProgram } from '../support/program.ts';
import { describeOn } from '../support/suites.ts';

const schema = [
	'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))',
	'CREATE TABLE loose (words VARCHAR(20))',
];

describeOn(['mariadb', 'mysql'], 'status', () => {
	it('prints the document of the contract, and nothing else', async () => {
		const pair = await testPair({ local: 'mariadb', cloud: 'mysql' }, { schema });
		await pair.run('install');
		await pair.local.connection.query("INSERT INTO item VALUES (1, 'a'), (2, 'b')");

		const result = await pair.run('status', '--json');

		expect(result).toMatchObject({ code: 0, stderr: '' });
		expect(result.json<StatusDocument>()).toEqual({
			node_id: 'site',
			pairs: [
				{
					name: 'pair',
					state: 'idle',
					local: {
						node_id: 'site',
						reachable: true,
						server: expect.stringMatching(/^MariaDB \d+\.\d+\.\d+$/),
						latency_ms: expect.any(Number),
						error: null,
					},
					cloud: {
						node_id: 'cloud',
						reachable: true,
						server: expect.stringMatching(/^MySQL \d+\.\d+\.\d+$/),
						latency_ms: expect.any(Number),
						error: null,
					},
					directions: {
						local_to_cloud: {
							pending: 2,
							oldest_pending_seconds: expect.any(Number),
							errors: 0,
							last_batch: null,
						},
						cloud_to_local: {
							pending: 0,
							oldest_pending_seconds: null,
							errors: 0,
							last_batch: null,
						},
					},
					conflicts: 0,
					tables: [
						{
							name: 'item',
							primary_key: ['id'],
							skipped_reason: null,
							triggers: { local: 'installed', cloud: 'installed' },
							pending: { local_to_cloud: 2, cloud_to_local: 0 },
						},
						{
							name: 'loose',
							primary_key: [],
							skipped_reason: 'no primary key',
							triggers: { local: 'skipped', cloud: 'skipped' },
							pending: { local_to_cloud: 0, cloud_to_local: 0 },
						},
					],
				},
			],
		});
	});

	it('changes nothing', async () => {
		const pair = await testPair({ local: 'mariadb', cloud: 'mysql' }, { schema });
		const result = await pair.run('status');
		expect(result.stdout).toMatch(/item +id +missing +missing +0 +0/);
		for (const { connection } of [pair.local, pair.cloud]) {
			const [tables] = await connection.query<RowDataPacket[]>('SHOW TABLES');
			expect(tables).toHaveLength(2);
		}
	});

	it('says what it knows of one end while the other is out of reach, and exits 3', async () => {
		const local = await freshDatabase('mariadb');
		const application = await local.connect();
		for (const statement of schema) await application.query(statement);
		const config = {
			sync_pairs: [
				{
					name: 'half',
					local: { ...local.end, node_id: 'here' },
					cloud: { ...local.end, port: 1, database: 'elsewhere' },
					tables: 'all',
				},
			],
		};
		const result = await runProgram(['status', '--json'], { config });
		expect(result.code).toBe(3);
		const [pair] = result.json<StatusDocument>().pairs;
		expect(pair).toMatchObject({
			state: 'offline',
			local: { reachable: true, error: null },
			cloud: { reachable: false, server: null, latency_ms: null },
			directions: { local_to_cloud: { pending: 0 }, cloud_to_local: { pending: null } },
		});
		expect(pair?.cloud.error).toContain('ECONNREFUSED');
		expect(pair?.tables[0]).toMatchObject({
			name: 'item',
			skipped_reason: null,
			triggers: { local: 'missing', cloud: 'unknown' },
			pending: { local_to_cloud: 0, cloud_to_local: null },
		});
		expect(result.stderr).toMatch(
			/^pair half, cloud: .*ECONNREFUSED.*\n {2}Check `host` and `port`/,
		);
	});

	it('leaves a pair that is not enabled alone', async () => {
		const pair = await testPair({ local: 'mariadb', cloud: 'mysql' }, { pair: { enabled: false } });
		const result = await pair.run('status', '--json');
		expect(result).toMatchObject({ code: 0, stderr: '' });
		expect(result.json()).toMatchObject({
			pairs: [{ state: 'paused', local: { reachable: null }, cloud: { reachable: null } }],
		});
	});
});

import type { Connection } from 'mysql2/promise';
import { expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../../source/config/load.ts';
import { sides } from '../../../source/config/types.ts';
import { Engine } from '../../../source/engine/engine.ts';
import { type TestPair, testPair } from '../../support/pair.ts';
import { type Program, startProgram } from '../../support/program.ts';
import { describeOn, describeOneWay } from '../../support/suites.ts';
import { waitFor } from '../../support/wait.ts';

const schema = ['CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))'];

async function arrives(connection: Connection, id: number, timeout = 20_000): Promise<void> {
	await waitFor(
		async () => {
			const [rows] = await connection.query('SELECT id FROM item WHERE id = ?', [id]);
			return (rows as object[]).length === 1;
		},
		{ what: `row ${id} to arrive`, timeout },
	);
}

async function engine(pair: TestPair): Promise<Program> {
	return startProgram(['run'], { config: pair.configPath });
}

/** An engine that holds the pair, and another on standby. */
async function two(pair: TestPair): Promise<[holder: Program, standby: Program]> {
	const holder = await engine(pair);
	await holder.waitForOutput('triggers installed on item', { stream: 'stderr' });
	const standby = await engine(pair);
	await standby.waitForOutput(
		new RegExp(
			`on standby: another process is syncing this pair: \\S+@\\S+.*, pid ${holder.pid}, `,
		),
		{ stream: 'stderr' },
	);
	return [holder, standby];
}

/** The side where the leases of a pair are taken first and requests are recorded: by the order of node ids. */
const first = 'cloud';

const took = 'the active engine is gone: took over the pair';

describeOneWay('of two engines on one pair', (products) => {
	it('one works and the other says who it is, and takes over when that one stops', async () => {
		const pair = await testPair(products, { schema, config: { interval: '200ms' } });
		const [holder, standby] = await two(pair);
		await pair.local.connection.query("INSERT INTO item VALUES (1, 'one')");
		await arrives(pair.cloud.connection, 1);
		expect(standby.stderr).not.toContain('applied');

		holder.signal('SIGTERM');
		expect(await holder.exited).toMatchObject({ code: 0 });
		await standby.waitForOutput(took, { stream: 'stderr' });
		await pair.cloud.connection.query("INSERT INTO item VALUES (2, 'two')");
		await arrives(pair.local.connection, 2);
	});

	it('the other takes over within seconds when the first is killed', async () => {
		const pair = await testPair(products, { schema, config: { interval: '200ms' } });
		const [holder, standby] = await two(pair);
		holder.signal('SIGKILL');
		await holder.exited;
		await pair.local.connection.query("INSERT INTO item VALUES (1, 'one')");
		await arrives(pair.cloud.connection, 1, 10_000);
		await standby.waitForOutput(took, { stream: 'stderr' });
	});

	it('sync leaves the pair alone and exits 4', async () => {
		const pair = await testPair(products, { schema, config: { interval: '1h' } });
		const holder = await engine(pair);
		await holder.waitForOutput('triggers installed on item', { stream: 'stderr' });
		await pair.local.connection.query("INSERT INTO item VALUES (1, 'one')");
		const refused = await pair.run('sync', '--json');
		expect(refused.code).toBe(4);
		expect(refused.stderr).toContain(`pid ${holder.pid}, since `);
		expect(refused.json()).toMatchObject({ pairs: [{ local_to_cloud: { applied: 0 } }] });
		expect((await pair.run('status')).stdout).toMatch(
			new RegExp(`engine {2}.*@.*, pid ${holder.pid}, since .* UTC`),
		);
		holder.signal('SIGKILL');
		await holder.exited;
		expect((await pair.run('sync')).code).toBe(0);
		await arrives(pair.cloud.connection, 1);
		expect((await pair.run('status')).stdout).toContain('engine  none active');
	});
});

describeOneWay('a run that is forced on an engine on standby', (products) => {
	/** An idle engine that holds the pair, and one on standby in this process. */
	async function behind(): Promise<[pair: TestPair, holder: Program, standby: Engine]> {
		const pair = await testPair(products, { schema, config: { interval: '1h' } });
		const holder = await engine(pair);
		await holder.waitForOutput('cloud: triggers installed on item', { stream: 'stderr' });
		const standby = new Engine(await loadConfig({ path: pair.configPath }));
		standby.start();
		onTestFinished(() => standby.stop());
		await waitFor(() => standby.snapshot().pairs[0]?.state === 'standby', { what: 'standby' });
		for (const [id, side] of sides.entries()) {
			await pair[side].connection.query('INSERT INTO item VALUES (?, ?)', [id, side]);
		}
		return [pair, holder, standby];
	}

	const idsOn = async (connection: Connection) => {
		const [rows] = await connection.query('SELECT id FROM item ORDER BY id');
		return (rows as { id: number }[]).map(({ id }) => id);
	};

	it('is done by the holder, in the directions that were asked for', async () => {
		const [pair, holder, standby] = await behind();
		await standby.force('pair', ['local_to_cloud']);
		expect(await idsOn(pair.cloud.connection)).toEqual([0, 1]);
		expect(await idsOn(pair.local.connection)).toEqual([0]);
		await holder.waitForOutput(/run requested by .* on \S+$/m, { stream: 'stderr' });
		await holder.waitForOutput('local-to-cloud: applied 1 change', { stream: 'stderr' });
		expect(standby.snapshot().pairs).toMatchObject([{ state: 'standby' }]);
		await standby.force('pair', ['cloud_to_local']);
		expect(await idsOn(pair.local.connection)).toEqual([0, 1]);
	});

	it('is done by the standby itself where the holder dies before', async () => {
		const [pair, holder, standby] = await behind();
		holder.signal('SIGSTOP');
		const forced = standby.force('pair', ['local_to_cloud']);
		await waitFor(
			async () => {
				const [open] = await pair[first].connection.query('SELECT 1 FROM change_log_requests');
				return (open as object[]).length === 1;
			},
			{ what: 'the request' },
		);
		holder.signal('SIGKILL');
		await forced;
		expect(await idsOn(pair.cloud.connection)).toEqual([0, 1]);
		expect(standby.snapshot().pairs).toMatchObject([{ state: 'idle' }]);
	});
});

describeOn(['mariadb', 'mysql'], 'an engine that was asleep', () => {
	it('is taken over from in time, and cannot write on', async () => {
		const pair = await testPair(
			{ local: 'mariadb', cloud: 'mysql' },
			{ schema, config: { interval: '200ms' } },
		);
		const [holder, standby] = await two(pair);
		holder.signal('SIGSTOP');
		await pair.local.connection.query("INSERT INTO item VALUES (1, 'one')");
		// Twenty seconds go by; one of the clocks is set back by an hour meanwhile.
		for (const [side, passed] of [
			['local', '+ 20'],
			['cloud', '- 3600'],
		] as const) {
			await pair[side].connection.query(
				`UPDATE change_log_leases SET expires_at = expires_at - INTERVAL (${passed}) SECOND`,
			);
		}
		await arrives(pair.cloud.connection, 1);
		await standby.waitForOutput(took, { stream: 'stderr' });
		holder.signal('SIGCONT');
		await holder.waitForOutput(/on standby: another /, { stream: 'stderr' });
		await pair.local.connection.query("INSERT INTO item VALUES (2, 'two')");
		await arrives(pair.cloud.connection, 2);
		expect(holder.stderr).not.toContain('applied');
	});
});

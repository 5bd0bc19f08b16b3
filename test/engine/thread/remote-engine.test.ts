import { expect, it, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../../source/config/load.ts';
import { type Config, sides } from '../../../source/config/types.ts';
import type { LivePair } from '../../../source/engine/api/snapshot.ts';
import { RemoteEngine } from '../../../source/engine/thread/remote-engine.ts';
import { SyncError } from '../../../source/errors.ts';
import { type TestPair, type TestPairOptions, testPair } from '../../support/pair.ts';
import { describeOn } from '../../support/suites.ts';
import { waitFor } from '../../support/wait.ts';

const schema = [
	'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))',
	'CREATE TABLE other (id INT PRIMARY KEY)',
];

const built = new URL('../../../dist/engine-thread.js', import.meta.url);

function threadOf(name: string): URL {
	return new URL(`../../support/threads/${name}.mjs`, import.meta.url);
}

const nothing: Config = { path: '', nodeId: 'site', refresh: 200, readOnly: false, pairs: [] };

/** An engine on a thread, whose next scheduled run is an hour away, after its first run. */
async function started(options: TestPairOptions = {}): Promise<[TestPair, RemoteEngine]> {
	const pair = await testPair(
		{ local: 'mariadb', cloud: 'mysql' },
		{ schema, ...options, config: { interval: '1h', refresh: '200ms', ...options.config } },
	);
	const engine = new RemoteEngine(await loadConfig({ path: pair.configPath }), built);
	onTestFinished(() => engine.stop());
	await engine.started;
	expect(only(engine)).toMatchObject({ name: 'pair', looked_at: null });
	return [pair, engine];
}

function only(engine: RemoteEngine): LivePair {
	const [pair] = engine.snapshot().pairs;
	if (!pair) throw new Error('the engine has no pair');
	return pair;
}

/** Waits until the first run is over, and what it has installed was seen. */
async function atRest(engine: RemoteEngine): Promise<void> {
	const holds = ({ next_run_at, tables }: LivePair) =>
		next_run_at !== null &&
		tables.every(({ triggers }) => sides.every((side) => triggers[side] === 'installed'));
	await waitFor(() => only(engine).tables.length > 0 && holds(only(engine)), {
		what: 'the first run to end',
	});
}

describeOn(['mariadb', 'mysql'], 'an engine on its own thread', () => {
	it('shows what changes, keeps the rest the same object, and answers with what it shows', async () => {
		const [pair, engine] = await started();
		const notices: string[] = [];
		engine.onNotice(({ message }) => notices.push(message));
		await atRest(engine);
		const before = only(engine);
		await pair.local.connection.query("INSERT INTO item VALUES (1, 'up')");
		await waitFor(() => only(engine).tables[0]?.pending.local_to_cloud === 1, {
			what: 'a pending change',
		});
		const pending = only(engine);
		expect(pending.tables[0]).not.toBe(before.tables[0]);
		expect(pending.tables[1]).toBe(before.tables[1]);
		expect(pending.address).toBe(before.address);
		expect(pending.batches).toBe(before.batches);
		await engine.force('pair', ['local_to_cloud']);
		expect(only(engine)).toMatchObject({ moved: { local_to_cloud: 1 } });
		expect(notices.join()).toContain('applied 1 change in');
		const query = { table: 'item', row_key: '2147483649', conflict: undefined };
		const { now, history } = await engine.inspect('pair', query);
		expect({ now, history }).toMatchObject({
			now: { columns: expect.any(Array) },
			history: expect.any(Array),
		});
		await expect(engine.install('pair', 'item')).resolves.toContain('1 already current');
	});

	it('refuses with the whole error, but for what a driver threw', async () => {
		const [, engine] = await started({
			ends: { cloud: { user: 'nobody', password: 'not-to-be-told' } },
		});
		const error: unknown = await engine.install('pair').catch((thrown) => thrown);
		expect(error).toBeInstanceOf(SyncError);
		expect(error).toMatchObject({
			code: 'denied',
			errno: 1045,
			place: { pair: 'pair', side: 'cloud' },
		});
		expect(error).not.toHaveProperty('cause');
		expect((error as SyncError).describe()).toMatch(/^pair pair, cloud: .*nobody/);
		expect(JSON.stringify([error, engine.snapshot()])).not.toContain('not-to-be-told');
		await expect(engine.pause('nowhere')).rejects.toMatchObject({
			code: 'usage',
			message: 'there is no pair named nowhere',
		});
	});

	it('is paused and resumed from the call on, however soon the next one comes', async () => {
		const [, engine] = await started();
		await atRest(engine);
		const states: string[] = [];
		engine.subscribe(() => states.push(only(engine).state));
		const paused = engine.pause('pair');
		expect(only(engine)).toMatchObject({ state: 'paused', next_run_at: null });
		await paused;
		expect(only(engine)).toMatchObject({ state: 'paused', next_run_at: null });
		expect(new Set(states)).toEqual(new Set(['paused']));
		const resumed = engine.resume('pair');
		expect(only(engine).state).toBe('idle');
		const again = engine.pause('pair');
		expect(only(engine).state).toBe('paused');
		await Promise.all([resumed, again]);
		await waitFor(() => only(engine).state === 'paused', { what: 'the pause' });
	});

	it('closes its connections when it is stopped, and cuts a batch off for who will not wait', async () => {
		const [pair, engine] = await started();
		await atRest(engine);
		await pair.local.connection.query("INSERT INTO item VALUES (1, 'waits')");
		// The batch waits for this row.
		await pair.cloud.connection.query('START TRANSACTION');
		await pair.cloud.connection.query("INSERT INTO item VALUES (1, 'in the way')");
		const forced = engine.force('pair', ['local_to_cloud']).catch((thrown: unknown) => thrown);
		const others = async () => {
			const [rows] = await pair.cloud.connection.query(
				`SELECT id, info FROM information_schema.processlist
				WHERE db = DATABASE() AND id <> CONNECTION_ID()`,
			);
			return rows as object[];
		};
		await waitFor(async () => JSON.stringify(await others()).includes('`item`'), {
			what: 'the batch to wait',
		});
		const slowly = engine.stop();
		await engine.stop(0);
		await slowly;
		expect(await forced).toBeInstanceOf(SyncError);
		// Only then does the server find that nobody waits for an answer.
		await pair.cloud.connection.query('ROLLBACK');
		await waitFor(async () => (await others()).length === 0, { what: 'closed connections' });
		// Of what travels whole the server carries out all, and then there is a receipt, or nothing.
		const count = async (table: string) => {
			const [found] = await pair.cloud.connection.query(`SELECT * FROM ${table}`);
			return (found as object[]).length;
		};
		expect(await count('item')).toBe(await count('change_log_receipts'));
		await expect(engine.force('pair', ['local_to_cloud'])).rejects.toMatchObject({ code: 'busy' });
	});
});

test('a thread with a fault in it fails whoever waits, in words for a person', async () => {
	const engine = new RemoteEngine(nothing, threadOf('throws'));
	const forced = engine.force('pair', ['local_to_cloud']);
	const failure = {
		code: 'internal',
		message: 'the engine failed: undefined is not a pair',
		hint: expect.stringContaining('roll back the current batch'),
	};
	await expect(forced).rejects.toMatchObject(failure);
	await expect(engine.started).rejects.toMatchObject(failure);
	await expect(engine.failure).rejects.toMatchObject(failure);
	await expect(engine.stop()).rejects.toMatchObject(failure);
});

test('a thread that no longer responds is terminated', async () => {
	const engine = new RemoteEngine(nothing, threadOf('stuck'));
	await engine.started;
	const forced = engine.force('pair', ['local_to_cloud']);
	await Promise.all([
		expect(forced).rejects.toMatchObject({ code: 'busy' }),
		expect(engine.stop(0)).resolves.toBe(undefined),
	]);
});

import { setTimeout as pause } from 'node:timers/promises';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { type Side, sides } from '../../source/config/types.ts';
import { compareTables } from '../support/compare-tables.ts';
import { type TestPair, testPair } from '../support/pair.ts';
import { startProgram } from '../support/program.ts';
import { rounds, timeFor } from '../support/rounds.ts';
import { describeOneWay } from '../support/suites.ts';

/** Engines that are killed. */
const kills = rounds(4);

/** Few rows, so that both sides often change the same one. */
const rows = 12;

/** One version of a row: what was written, and what it took the place of on that side. */
interface Version {
	stamp: number;
	before: number | null;
}

/** Writes to random rows, each time a version of its own, until it is told to stop. */
class Application {
	readonly versions: Version[] = [];
	readonly #connection: Connection;
	readonly #first: number;
	#stopped = false;
	#done: Promise<void> | null = null;

	/** @param first stamps of the two applications must not meet */
	constructor(connection: Connection, first: number) {
		this.#connection = connection;
		this.#first = first;
	}

	start(): void {
		this.#done = this.#run();
	}

	async stop(): Promise<void> {
		this.#stopped = true;
		await this.#done;
	}

	async #run(): Promise<void> {
		while (!this.#stopped) {
			try {
				await this.#write(Math.ceil(Math.random() * rows), this.#first + this.versions.length);
			} catch (error) {
				await this.#connection.rollback();
				// A deadlock or a lock wait: a trigger's, or the engine's.
				if (![1205, 1213, 1020].includes((error as { errno: number }).errno)) throw error;
			}
			await pause(Math.random() * 5);
		}
	}

	async #write(id: number, stamp: number): Promise<void> {
		await this.#connection.beginTransaction();
		const [found] = await this.#connection.query<RowDataPacket[]>(
			'SELECT stamp FROM item WHERE id = ? FOR UPDATE',
			[id],
		);
		await this.#connection.query(
			'INSERT INTO item VALUES (?, ?) ON DUPLICATE KEY UPDATE stamp = VALUES(stamp)',
			[id, stamp],
		);
		await this.#connection.commit();
		this.versions.push({ stamp, before: found[0] ? Number(found[0].stamp) : null });
	}
}

/** The versions that stand on either side or are on record, and all that these took the place of. */
async function accountedFor(pair: TestPair, versions: readonly Version[]): Promise<Set<number>> {
	const before = new Map(versions.map((version) => [version.stamp, version.before]));
	const known = new Set<number>();
	const trace = (stamp: number | null) => {
		for (let at = stamp; at !== null && !known.has(at); at = before.get(at) ?? null) known.add(at);
	};
	const { json } = await pair.run('conflicts', '--json');
	type Recorded = Record<Side, { stamp: number } | null>;
	const [recorded] = json<{ pairs: { conflicts: Recorded[] }[] }>().pairs;
	for (const conflict of recorded?.conflicts ?? []) {
		for (const side of sides) trace(conflict[side]?.stamp ?? null);
	}
	const [standing] = await pair.local.connection.query<RowDataPacket[]>('SELECT stamp FROM item');
	for (const { stamp } of standing) trace(Number(stamp));
	return known;
}

describeOneWay('while engines are killed at random moments, between', (combination) => {
	it(
		'no version of a row is lost that is not on record',
		async () => {
			const pair = await testPair(combination, {
				schema: ['CREATE TABLE item (id INT PRIMARY KEY, stamp BIGINT NOT NULL)'],
				config: { interval: '200ms', batch_size: 5 },
			});
			await pair.sync();
			const applications = [
				new Application(await pair.local.connect(), 1),
				new Application(await pair.cloud.connect(), 1_000_000_001),
			];
			for (const application of applications) application.start();
			for (let kill = 0; kill < kills; kill += 1) {
				const engine = await startProgram(['run'], { config: pair.configPath });
				await engine.waitForOutput(/applied/, { stream: 'stderr' });
				await pause(Math.random() * 600);
				engine.signal('SIGKILL');
				await engine.exited;
			}
			for (const application of applications) await application.stop();

			expect((await pair.run('sync')).code).toBe(0);

			expect(await compareTables(pair.local.connection, pair.cloud.connection)).toEqual([]);
			const versions = applications.flatMap((application) => application.versions);
			const known = await accountedFor(pair, versions);
			const lost = versions.map(({ stamp }) => stamp).filter((stamp) => !known.has(stamp));
			expect(lost, `of ${versions.length} versions`).toEqual([]);
			const again = await pair.sync();
			expect(again.local_to_cloud.batches + again.cloud_to_local.batches).toBe(0);
		},
		timeFor(kills),
	);
});

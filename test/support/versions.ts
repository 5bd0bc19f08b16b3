/** Applications that write versions of rows, and the account of what became of each version. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { type Side, sides } from '../../source/config/types.ts';
import type { TestPair } from './pair.ts';

/** What the applications write to. */
export const versionSchema = ['CREATE TABLE item (id INT PRIMARY KEY, stamp BIGINT NOT NULL)'];

/** Few rows, so that both sides often change the same one. */
const rows = 12;

/** Milliseconds between two writes at most, and between two tries of a server that is away. */
const longestPause = 5;
const retryPause = 50;

/** One version of a row: what was written, and what it took the place of on that side. */
interface Version {
	stamp: number;
	before: number | null;
	/** Whether the server said that it was committed: it may be so without, where the answer was lost. */
	confirmed: boolean;
}

/** Where the stamps of a side begin: those of two applications must not meet. */
const firstStamp: Record<Side, number> = { local: 1, cloud: 1_000_000_001 };

/**
 * Writes to random rows of a side, each time a version of its own, until it is told to stop. A server
 * that goes away is waited for.
 */
export class VersionWriter {
	readonly versions: Version[] = [];
	/** Versions that are known to be committed. */
	confirmed = 0;
	readonly #connect: () => Promise<Connection>;
	#stamp: number;
	#stopped = true;
	#done: Promise<void> = Promise.resolve();

	constructor(pair: TestPair, side: Side) {
		this.#connect = pair[side].connect;
		this.#stamp = firstStamp[side];
	}

	start(): void {
		this.#stopped = false;
		this.#done = this.#run();
	}

	/** Resolves when the current write is done; it may be started again. */
	async stop(): Promise<void> {
		this.#stopped = true;
		await this.#done;
	}

	async #run(): Promise<void> {
		let connection = await this.#connect();
		while (!this.#stopped) {
			try {
				await this.#write(connection, Math.ceil(Math.random() * rows));
			} catch (thrown) {
				const { errno, fatal } = thrown as { errno?: number; fatal?: boolean };
				// A deadlock or a lock wait: a trigger's, or the engine's.
				if (errno !== undefined && [1205, 1213, 1020].includes(errno)) await connection.rollback();
				else if (fatal || errno === undefined || errno === 1053)
					connection = await this.#reconnect();
				else throw thrown;
			}
			await pause(Math.random() * longestPause);
		}
		connection.destroy();
	}

	async #reconnect(): Promise<Connection> {
		for (;;) {
			try {
				return await this.#connect();
			} catch {
				await pause(retryPause);
			}
		}
	}

	async #write(connection: Connection, id: number): Promise<void> {
		await connection.beginTransaction();
		const [found] = await connection.query<RowDataPacket[]>(
			'SELECT stamp FROM item WHERE id = ? FOR UPDATE',
			[id],
		);
		const version: Version = {
			stamp: this.#stamp++,
			before: found[0] ? Number(found[0].stamp) : null,
			confirmed: false,
		};
		await connection.query(
			'INSERT INTO item VALUES (?, ?) ON DUPLICATE KEY UPDATE stamp = VALUES(stamp)',
			[id, version.stamp],
		);
		this.versions.push(version);
		await connection.commit();
		version.confirmed = true;
		this.confirmed += 1;
	}
}

/** An application on each side. */
export function versionWriters(pair: TestPair): VersionWriter[] {
	return sides.map((side) => new VersionWriter(pair, side));
}

/**
 * The versions that are lost: they neither stand on a side nor are on record, and nothing that does
 * took their place. Both sides must be equal by then.
 */
export async function lostVersions(
	pair: TestPair,
	writers: readonly VersionWriter[],
): Promise<number[]> {
	const versions = writers.flatMap((writer) => writer.versions);
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
	const lost = versions.filter(({ stamp, confirmed }) => confirmed && !known.has(stamp));
	return lost.map(({ stamp }) => stamp);
}

import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import type { Chance } from './rounds.ts';

/** What an application met while it worked. */
export interface Met {
	/** Transactions that were committed. */
	done: number;
	/** Errors by the server's number. */
	errors: Map<number, number>;
	/** Milliseconds that each transaction took, in the order of their ends. */
	times: number[];
}

/** Milliseconds between two transactions of a connection, at most. */
const longestPause = 20;

/**
 * An application's connection at work: transactions that change a few rows each, in the order of their
 * keys, so that they do not deadlock with each other.
 */
export class LoadConnection {
	readonly met: Met = { done: 0, errors: new Map(), times: [] };
	readonly #connection: Connection;
	readonly #chance: Chance;
	readonly #rows: number;
	#stopped = false;
	#running: Promise<void> | null = null;

	/** @param rows ids from 1 that are written to, all of them there */
	constructor(connection: Connection, chance: Chance, rows: number) {
		this.#connection = connection;
		this.#chance = chance;
		this.#rows = rows;
	}

	start(): void {
		this.#running ??= this.#run();
	}

	async stop(): Promise<Met> {
		this.#stopped = true;
		await this.#running;
		return this.met;
	}

	async #run(): Promise<void> {
		while (!this.#stopped) {
			const ids = Array.from({ length: 4 }, () => 1 + this.#chance.below(this.#rows));
			const start = performance.now();
			try {
				await this.#connection.query('START TRANSACTION');
				for (const id of [...new Set(ids)].sort((a, b) => a - b)) {
					await this.#connection.query('UPDATE item SET n = n + 1 WHERE id = ?', [id]);
				}
				await this.#connection.query('COMMIT');
				this.met.done += 1;
			} catch (error) {
				const { errno } = error as { errno: number };
				this.met.errors.set(errno, (this.met.errors.get(errno) ?? 0) + 1);
				await this.#connection.query('ROLLBACK');
			}
			this.met.times.push(performance.now() - start);
			await pause(this.#chance.below(longestPause));
		}
	}
}

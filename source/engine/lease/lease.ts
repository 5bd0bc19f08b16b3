import { setTimeout as pause } from 'node:timers/promises';
import { LogConnection } from '../../changelog/session/log-connection.ts';
import { type Holder, leaseFenceSql, renewLease } from '../../changelog/tables/leases.ts';
import type { RunRequest } from '../../changelog/tables/run-requests.ts';
import { type Direction, type PairConfig, type Side, sides } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import type { Sql } from '../../database/sql/sql.ts';
import { asSyncError, SyncError } from '../../errors.ts';
import { requireOwnTables } from '../install/require-tables.ts';
import type { Connections } from '../shared/connections.ts';
import { notInstalled } from '../shared/not-installed.ts';
import { Answers, askHolder } from './delegate-run.ts';
import { Heartbeat } from './heartbeat.ts';
import { thisHolder } from './holder.ts';
import {
	describeHolder,
	type Held,
	leaseName,
	leaseOrder,
	markWorkSession,
	rejoinLease,
	releaseLease,
	requireLeaseOf,
	takeLease,
} from './lease-row.ts';
import { Progress } from './progress.ts';

/**
 * Milliseconds between two checks for requests: the longest delay for a user. On an idle pair these checks
 * are a good part of the cost of an engine.
 */
const beat = 2500;

/** Heartbeat between two renewals: four have to fail in a row before the lease expires. */
const beatsPerRenewal = 2;

/** Milliseconds between two attempts to take a lease that another engine is about to release. */
const takePause = 250;

/** Milliseconds without an answer after which a server counts as lost. */
const answerTimeout = 10_000;

/** Milliseconds to wait for a server to record the release. */
const releasePatience = 2000;

export interface LeaseEvents {
	/** Seconds to wait for another process that installs. */
	installPatience?: number;
	/** Called when another engine has taken over the pair. */
	onLost?: () => void;
	/**
	 * Called when an engine on standby requests a run. Resolves to true if the run was done; rejects if it
	 * failed.
	 */
	onRequest?: (request: RunRequest) => Promise<boolean>;
}

/**
 * The right to move a pair's changes. One engine has it at a time: it holds a row in each of the two
 * databases, renews both, and proves in every applying transaction that both are still its own. The rows are
 * taken in the order of the node ids, so that two engines never wait for each other.
 */
export class Lease {
	readonly #pair: PairConfig;
	readonly #onLost: LeaseEvents['onLost'];
	readonly #installPatience: LeaseEvents['installPatience'];
	readonly #me: Holder = thisHolder();
	readonly #name: string;
	/** The sides in the order in which their rows are taken. */
	readonly #order: readonly Side[];
	readonly #connections: Partial<Connections> = {};
	#tokens: Record<Side, string> | null = null;
	readonly #connecting: Partial<Record<Side, Promise<LogConnection>>> = {};
	/** True if the tables exist, as far as known. */
	#ready = false;
	/** True if the tables existed before. */
	#wasReady = false;
	readonly #beats = new Heartbeat({
		interval: beat,
		onBeat: (number) => this.#beat(number),
		onError: (error) => this.#met(error),
	});
	readonly #answers: Answers | null;
	readonly #progress: Progress;

	constructor(pair: PairConfig, events: LeaseEvents = {}) {
		this.#pair = pair;
		this.#onLost = events.onLost;
		this.#installPatience = events.installPatience;
		this.#order = leaseOrder(pair);
		this.#name = leaseName(pair);
		this.#progress = new Progress(pair, this.#me.id);
		this.#answers = events.onRequest ? new Answers(this.#name, events.onRequest) : null;
	}

	/** This engine as others see it. */
	get holder(): Holder {
		return this.#me;
	}

	get isHeld(): boolean {
		return this.#tokens !== null;
	}

	/**
	 * Takes the lease, or verifies that this engine has it.
	 * @param patience milliseconds to wait for a holder that is about to end
	 * @throws SyncError `held` that names the holder; `not_installed` if its table is missing and must not be
	 *   created; `unreachable`
	 */
	async take(patience = 0): Promise<void> {
		const start = performance.now();
		for (;;) {
			const held = await this.tryToTake();
			if (held === null) return;
			if (performance.now() - start >= patience) throw heldError(this.#pair, held);
			await pause(takePause);
		}
	}

	/** Takes the lease if it is free. Resolves to its holder, or to null if that is this engine. */
	async tryToTake(): Promise<Held | null> {
		if (this.#tokens) return null;
		try {
			return await this.#tryEnds();
		} catch (thrown) {
			// 1146: the tables were dropped.
			if (asSyncError(thrown).errno !== 1146) throw thrown;
			this.#ready = false;
			return this.#tryEnds();
		}
	}

	async #tryEnds(): Promise<Held | null> {
		if (!this.#ready) {
			const [local, cloud] = [await this.#connect('local'), await this.#connect('cloud')];
			await requireOwnTables({ local, cloud }, this.#pair, this.#wasReady, this.#installPatience);
		}
		this.#ready = true;
		this.#wasReady = true;
		const tokens: Partial<Record<Side, string>> = {};
		for (const side of this.#order) {
			const attempt = await takeLease(await this.#connect(side), this.#name, this.#me);
			if ('token' in attempt) {
				tokens[side] = attempt.token;
				continue;
			}
			for (const [taken, token] of Object.entries(tokens)) {
				await releaseLease(await this.#connect(taken as Side), this.#name, token);
			}
			return attempt.held;
		}
		const { local, cloud } = tokens;
		if (local === undefined || cloud === undefined) throw new Error('a pair has two ends');
		this.#tokens = { local, cloud };
		this.#beats.start();
		return null;
	}

	/**
	 * Marks the connections that changes are applied on, for an engine that takes over.
	 * @throws SyncError `held` if another engine has taken the lease
	 */
	async mark(connections: Connections): Promise<void> {
		for (const side of sides) {
			const token = this.#tokens?.[side];
			if (token && (await markWorkSession(connections[side], this.#name, token))) continue;
			this.#lose();
			throw leaseLost(this.#pair);
		}
	}

	/**
	 * The lease fence: statements inside a transaction on one side that fail unless this engine has the lease
	 * until the transaction ends.
	 * @throws SyncError `held` if the lease is known to be lost
	 */
	leaseFence({ end }: Connection): Sql[] {
		return leaseFenceSql(this.#name, this.#token(end.side));
	}

	/**
	 * @throws SyncError `held` if another engine has taken the lease; `not_installed` if its table is gone, as
	 *   where somebody has uninstalled the pair
	 */
	async requireHeld(connection: Connection): Promise<void> {
		try {
			await requireLeaseOf(connection, this.#name, this.#token(connection.end.side));
		} catch (thrown) {
			const error = asSyncError(thrown);
			if (error.code !== 'held' && error.errno !== 1146) throw thrown;
			this.#lose();
			if (error.errno === 1146) {
				this.#ready = false;
				const { side } = connection.end;
				throw notInstalled(this.#pair, side, 'change_log_leases', 'missing');
			}
			throw leaseLost(this.#pair);
		}
	}

	/**
	 * Makes all changes visible on one side durable against a crash of the server: a server has one log, and
	 * all of it up to a commit is on disk when the commit is confirmed. The commit is that of renewing the
	 * lease.
	 * @throws SyncError `held` if another engine has taken the lease
	 */
	async makeDurable(side: Side): Promise<void> {
		await this.#renew(side);
		if (!this.#tokens) throw leaseLost(this.#pair);
	}

	/** Shows other processes what this engine is doing; in the background, and never fails. */
	show(...told: Parameters<Progress['note']>): void {
		if (!this.#tokens) return;
		this.#progress.note(...told);
		this.#beats.begin('show', () =>
			this.#progress.write(() => this.#connectFirst()).catch(() => {}),
		);
	}

	/**
	 * Requests a run from the active engine, and waits until it has ended.
	 * @returns true if the active engine did the run; false if it is gone and this engine took the lease
	 * @throws SyncError with the problem that the active engine reports
	 */
	async delegate(wanted: readonly Direction[], stopped: () => boolean): Promise<boolean> {
		return askHolder(await this.#connectFirst(), this.#pair, {
			wanted,
			me: this.#me,
			stopped,
			takesOver: async () => (await this.tryToTake()) === null,
		});
	}

	/** Releases the lease and closes the connections. Never throws. */
	async release(): Promise<void> {
		this.#beats.stop();
		// A server that does not answer must not delay the end.
		const patience = pause(releasePatience, undefined, { ref: false });
		await Promise.race([this.#beats.settled(), patience]);
		if (this.#beats.isBusy) this.cut();
		const tokens = this.#tokens;
		this.#tokens = null;
		await Promise.all(
			sides.map(async (side) => {
				const connection = this.#connections[side];
				delete this.#connections[side];
				if (!connection) return;
				if (tokens && !connection.lost) {
					const released = releaseLease(connection, this.#name, tokens[side]).catch(() => {});
					await Promise.race([released, pause(releasePatience, undefined, { ref: false })]);
				}
				await connection.close();
			}),
		);
	}

	/**
	 * Does work that drops the own tables, including that of the lease. The lease is not renewed meanwhile.
	 */
	async endWith<T>(work: () => Promise<T>): Promise<T> {
		this.#beats.stop();
		await this.#beats.settled();
		try {
			return await work();
		} finally {
			await this.release();
			// Tables that this engine drops itself may be created again.
			this.#ready = false;
			this.#wasReady = false;
		}
	}

	/** Cuts the connections. A lease that cannot be released expires. */
	cut(): void {
		for (const side of sides) this.#connections[side]?.destroy();
	}

	#token(side: Side): string {
		const token = this.#tokens?.[side];
		if (token === undefined) throw new SyncError('held', 'this engine does not hold the pair');
		return token;
	}

	/** Connects to the side where requests are recorded. */
	#connectFirst(): Promise<LogConnection> {
		const [first] = this.#order;
		if (first === undefined) throw new Error('a pair has two ends');
		return this.#connect(first);
	}

	async #connect(side: Side): Promise<LogConnection> {
		const open = this.#connections[side];
		if (open && !open.lost && open.isToNodeInUse) return open;
		this.#connecting[side] ??= this.#open(side);
		try {
			return await this.#connecting[side];
		} finally {
			delete this.#connecting[side];
		}
	}

	async #open(side: Side): Promise<LogConnection> {
		const connection = await LogConnection.open(this.#pair[side], { timeout: answerTimeout });
		await this.#connections[side]?.close();
		this.#connections[side] = connection;
		const token = this.#tokens?.[side];
		const own = token === undefined || (await rejoinLease(connection, this.#name, token));
		if (!own) this.#lose();
		return connection;
	}

	/** Renews both sides independently: one that does not answer must not delay the other. */
	#beat(number: number): void {
		if (number % beatsPerRenewal === 0) {
			for (const side of sides) this.#beats.begin(`renew ${side}`, () => this.#renew(side));
		}
		this.#beats.begin('answer', () => this.#answerRequests());
	}

	/** The next beat tries again; a batch in progress detects a lost lease itself. */
	#met({ code }: SyncError): void {
		if (code === 'unreachable' || code === 'busy') return;
		// A session may not see rights that were granted after it began.
		if (code === 'denied') this.cut();
		else this.#lose();
	}

	async #renew(side: Side): Promise<void> {
		const connection = await this.#connect(side);
		const token = this.#tokens?.[side];
		if (token === undefined) return;
		if (!(await renewLease(connection, this.#name, token))) this.#lose();
	}

	async #answerRequests(): Promise<void> {
		if (!this.#tokens) return;
		await this.#answers?.see(
			() => this.#connectFirst(),
			() => this.isHeld,
		);
	}

	#lose(): void {
		if (!this.#tokens) return;
		this.#tokens = null;
		this.#beats.stop();
		// This releases the named locks too, which would still indicate a holder.
		this.cut();
		this.#onLost?.();
	}
}

function leaseLost(pair: PairConfig): SyncError {
	return new SyncError('held', 'another engine has taken over the pair', { pair: pair.name });
}

/** The error for an engine that requests a pair held by another. */
export function heldError(pair: PairConfig, held: Held): SyncError {
	return new SyncError('held', `another process is syncing this pair: ${describeHolder(held)}`, {
		pair: pair.name,
		hint: 'A run forced on a screen is requested from that engine. When it ends, the next engine takes over.',
	});
}

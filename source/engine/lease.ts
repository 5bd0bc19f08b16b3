import { setTimeout as pause } from 'node:timers/promises';
import { type Direction, type PairConfig, type Side, sides } from '../config/types.ts';
import { Connection } from '../database/connection.ts';
import { asSyncError, SyncError } from '../errors.ts';
import type { Connections } from './connections.ts';
import { type Holder, thisHolder } from './holder.ts';
import {
	describeHolder,
	type Held,
	holdFast,
	leaseName,
	leaseOrder,
	markWorkSession,
	rejoinLease,
	releaseLease,
	renewLease,
	takeLease,
} from './lease-end.ts';
import { requireOwnTables } from './own-tables.ts';
import {
	answerRequest,
	askForRun,
	dropRequest,
	openRequests,
	type RunRequest,
	requestOutcome,
} from './run-requests.ts';

/** Milliseconds between two looks at what others ask for. */
const beat = 1000;

/** Beats between two renewals: four would have to fail in a row before the lease runs out. */
const beatsPerRenewal = 5;

/** Milliseconds after which a server that does not answer counts as lost. */
const answerTimeout = 10_000;

/** Milliseconds to wait for a server that is told that the pair is free. */
const releasePatience = 2000;

export interface LeaseEvents {
	/** Another engine has taken the pair over. */
	onLost?: () => void;
	/** An engine on standby asks for a run. Resolves to whether it was done; rejects with why it failed. */
	onRequest?: (request: RunRequest) => Promise<boolean>;
}

/**
 * The right to move a pair's changes. One engine has it at a time: it holds a row in each of the two
 * databases, renews both, and proves in every applying transaction that they are still its own. The
 * rows are taken in the order of the node ids, so that two engines never each wait for the other.
 */
export class Lease {
	readonly #pair: PairConfig;
	readonly #events: LeaseEvents;
	readonly #me: Holder = thisHolder();
	readonly #name: string;
	/** In the order in which they are taken. */
	readonly #order: readonly Side[];
	readonly #connections: Partial<Connections> = {};
	#tokens: Record<Side, string> | null = null;
	readonly #connecting: Partial<Record<Side, Promise<Connection>>> = {};
	#timer: NodeJS.Timeout | null = null;
	#beats = 0;
	/** Whether the tables were there once. */
	#ready = false;
	/** What a beat began and has not ended, by name. */
	readonly #underWay = new Map<string, Promise<void>>();
	readonly #answering = new Set<string>();

	constructor(pair: PairConfig, events: LeaseEvents = {}) {
		this.#pair = pair;
		this.#events = events;
		this.#order = leaseOrder(pair);
		this.#name = leaseName(pair);
	}

	/** This engine, as others see it. */
	get holder(): Holder {
		return this.#me;
	}

	get isHeld(): boolean {
		return this.#tokens !== null;
	}

	/**
	 * Takes the lease, or makes sure of it.
	 * @param patience milliseconds to wait for a holder that is about to end
	 * @throws SyncError `held` with who has it; `not_installed` where its table is missing and is not
	 *   to be created; `unreachable`
	 */
	async take(patience = 0): Promise<void> {
		const start = performance.now();
		for (;;) {
			const held = await this.tryToTake();
			if (held === null) return;
			if (performance.now() - start >= patience) throw heldError(this.#pair, held);
			await pause(beat / 4);
		}
	}

	/** Takes the lease if it is free. Resolves to who has it, or null: this engine. */
	async tryToTake(): Promise<Held | null> {
		if (this.#tokens) return null;
		try {
			return await this.#tryEnds();
		} catch (thrown) {
			// 1146: somebody dropped the tables since.
			if (asSyncError(thrown).errno !== 1146) throw thrown;
			this.#ready = false;
			return this.#tryEnds();
		}
	}

	async #tryEnds(): Promise<Held | null> {
		if (!this.#ready) {
			const [local, cloud] = [await this.#connect('local'), await this.#connect('cloud')];
			await requireOwnTables({ local, cloud }, this.#pair);
		}
		this.#ready = true;
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
		this.#timer ??= setInterval(() => this.#beat(), beat);
		return null;
	}

	/**
	 * Shows the connections that changes are applied on to whoever takes the pair over.
	 * @throws SyncError `held` if another engine has taken it
	 */
	async mark(connections: Connections): Promise<void> {
		for (const side of sides) {
			const token = this.#tokens?.[side];
			if (token && (await markWorkSession(connections[side], this.#name, token))) continue;
			this.#lose();
			throw heldNoMore(this.#pair);
		}
	}

	/**
	 * Makes sure, inside a transaction of one of the ends, that the lease is this engine's until it ends.
	 * @throws SyncError `held` if another engine has taken it
	 */
	async holdFast(connection: Connection): Promise<void> {
		const token = this.#tokens?.[connection.end.side];
		if (token === undefined) throw new SyncError('held', 'this engine does not hold the pair');
		try {
			await holdFast(connection, this.#name, token);
		} catch (thrown) {
			const error = asSyncError(thrown);
			if (error.code !== 'held' && error.errno !== 1146) throw thrown;
			this.#lose();
			throw heldNoMore(this.#pair);
		}
	}

	/**
	 * Makes sure that what anybody can read at an end now outlives a crash of the server: the log of a
	 * server is one, and all of it up to a commit is on disk when that is answered. The commit is that of
	 * renewing the lease.
	 * @throws SyncError `held` if another engine has taken it
	 */
	async makeDurable(side: Side): Promise<void> {
		await this.#renew(side);
		if (!this.#tokens) throw heldNoMore(this.#pair);
	}

	/**
	 * Asks the holder for a run, and waits until it has ended.
	 * @returns whether it did so; false where the holder is gone, and the lease is this engine's now
	 * @throws SyncError with what the holder met
	 */
	async passOn(wanted: readonly Direction[], stopped: () => boolean): Promise<boolean> {
		const [first] = this.#order;
		if (first === undefined) throw new Error('a pair has two ends');
		const connection = await this.#connect(first);
		const id = await askForRun(connection, this.#name, wanted, this.#me);
		try {
			while (!stopped()) {
				const outcome = await requestOutcome(connection, id);
				if (outcome?.problem) throw new SyncError('busy', outcome.problem);
				if (outcome) return true;
				if ((await this.tryToTake()) === null) return false;
				await pause(beat / 4);
			}
			throw new SyncError('busy', 'the engine is stopping', { pair: this.#pair.name });
		} finally {
			if (!connection.lost) await dropRequest(connection, id);
		}
	}

	/** Sets the pair free for others, and closes the connections. Never throws. */
	async release(): Promise<void> {
		this.#rest();
		// A server that does not answer must not hold up who wants to go.
		const patience = pause(releasePatience, undefined, { ref: false });
		await Promise.race([Promise.all(this.#underWay.values()), patience]);
		if (this.#underWay.size > 0) this.cut();
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

	/** Does what takes the lease's own tables away, and the lease with them. It is not renewed meanwhile. */
	async endWith<T>(work: () => Promise<T>): Promise<T> {
		this.#rest();
		await Promise.all(this.#underWay.values());
		try {
			return await work();
		} finally {
			await this.release();
		}
	}

	/** Cuts the connections: the lease runs out by itself where it cannot be given back. */
	cut(): void {
		for (const side of sides) this.#connections[side]?.destroy();
	}

	async #connect(side: Side): Promise<Connection> {
		const open = this.#connections[side];
		if (open && !open.lost) return open;
		this.#connecting[side] ??= this.#open(side);
		try {
			return await this.#connecting[side];
		} finally {
			delete this.#connecting[side];
		}
	}

	async #open(side: Side): Promise<Connection> {
		const connection = await Connection.open(this.#pair[side], answerTimeout);
		this.#connections[side] = connection;
		const token = this.#tokens?.[side];
		const own = token === undefined || (await rejoinLease(connection, this.#name, token));
		if (!own) this.#lose();
		return connection;
	}

	#rest(): void {
		if (this.#timer) clearInterval(this.#timer);
		this.#timer = null;
	}

	/** An end that does not answer must not keep the other from being renewed. */
	#beat(): void {
		this.#beats += 1;
		if (this.#beats % beatsPerRenewal === 0) {
			for (const side of sides) this.#begin(`renew ${side}`, () => this.#renew(side));
		}
		this.#begin('answer', () => this.#answerRequests());
	}

	/** Does something, unless an earlier beat still does it. */
	#begin(name: string, work: () => Promise<void>): void {
		if (this.#underWay.has(name)) return;
		const done = work()
			.catch((thrown) => this.#met(asSyncError(thrown)))
			.finally(() => this.#underWay.delete(name));
		this.#underWay.set(name, done);
	}

	/** The next beat tries again, and the batch in hand finds out for itself whose the pair is. */
	#met({ code }: SyncError): void {
		if (code === 'unreachable' || code === 'busy') return;
		// A session may not know of rights that were given since it began.
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
		const [first] = this.#order;
		const { onRequest } = this.#events;
		if (!first || !onRequest || !this.#tokens) return;
		for (const request of await openRequests(await this.#connect(first), this.#name)) {
			if (this.#answering.has(request.id)) continue;
			this.#answering.add(request.id);
			void this.#answer(request, onRequest(request), first);
		}
	}

	async #answer({ id }: RunRequest, outcome: Promise<boolean>, side: Side): Promise<void> {
		try {
			const problem = await outcome.then(
				(done) => (done ? null : undefined),
				(thrown) => asSyncError(thrown).describe(),
			);
			// Who asked finds out by the lease that this engine is gone, and sees to it.
			if (problem === undefined || !this.#tokens) return;
			await answerRequest(await this.#connect(side), id, problem);
		} catch {
			// Asked for again at the next beat.
		} finally {
			this.#answering.delete(id);
		}
	}

	#lose(): void {
		if (!this.#tokens) return;
		this.#tokens = null;
		this.#rest();
		// With them go the named locks, which would seem to show a holder.
		this.cut();
		this.#events.onLost?.();
	}
}

function heldNoMore(pair: PairConfig): SyncError {
	return new SyncError('held', 'another engine has taken the pair over', { pair: pair.name });
}

/** The error of who wants a pair that somebody else holds. */
export function heldError(pair: PairConfig, held: Held): SyncError {
	return new SyncError('held', `another engine holds the pair: ${describeHolder(held)}`, {
		pair: pair.name,
		hint: 'A run that is forced on a screen is passed on to it; when it ends, the next engine takes over.',
	});
}

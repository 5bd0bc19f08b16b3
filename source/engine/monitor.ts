import {
	type Direction,
	directions,
	type PairConfig,
	type Side,
	sides,
	sourceSide,
	targetSide,
} from '../config/types.ts';
import { Connection } from '../database/connection.ts';
import { asSyncError, type SyncError } from '../errors.ts';
import { retryDelay } from './backoff.ts';
import { reachedEnd, unknownEnd, unreachedEnd } from './end-snapshot.ts';
import { type Look, lookAt } from './look.ts';
import { listChanges } from './pending-list.ts';
import type { EndSnapshot, PendingChange } from './snapshot.ts';
import { Waker } from './waker.ts';

/** Milliseconds after which a server that does not answer a look counts as lost. */
const lookTimeout = 10_000;

/** A look is at most this share of the time: a large catalogue is looked at less often. */
const busyShare = 0.2;

interface EndState {
	connection: Connection | null;
	snapshot: EndSnapshot;
	failures: number;
	retryAt: number;
}

/**
 * Watches both databases of a pair on connections of its own, so that the counts stay live while a
 * batch is on its way, also when somebody else changes something. Reads only.
 */
export class Monitor {
	readonly #pair: PairConfig;
	readonly #refresh: number;
	readonly #onUpdate: () => void;
	readonly #onReached: () => void;
	readonly #waker = new Waker();
	readonly #ends: Record<Side, EndState>;
	#stopped = false;
	#loop: Promise<void> | null = null;
	#look: Look | null = null;
	#lookedAt: number | null = null;
	#watched = false;
	#changes: Record<Direction, PendingChange[]> = { local_to_cloud: [], cloud_to_local: [] };

	/**
	 * @param refresh milliseconds between two looks
	 * @param onReached told when both ends answer and one of them had not
	 */
	constructor(pair: PairConfig, refresh: number, onUpdate: () => void, onReached: () => void) {
		this.#pair = pair;
		this.#refresh = refresh;
		this.#onUpdate = onUpdate;
		this.#onReached = onReached;
		this.#ends = { local: newEnd(pair.local.nodeId), cloud: newEnd(pair.cloud.nodeId) };
	}

	start(): void {
		this.#loop ??= this.#run();
	}

	async stop(): Promise<void> {
		this.#stopped = true;
		this.#waker.wake();
		await this.#loop;
	}

	/** Cuts a look off that does not end. */
	cut(): void {
		for (const side of sides) this.#ends[side].connection?.destroy();
	}

	/** Looks again at once. */
	refresh(): void {
		this.#waker.wake();
	}

	/** Whether the pending changes themselves are listed, and not only counted. */
	set watched(watched: boolean) {
		this.#watched = watched;
		if (watched) this.#waker.wake();
	}

	end(side: Side): EndSnapshot {
		return this.#ends[side].snapshot;
	}

	get look(): Look | null {
		return this.#look;
	}

	/** Epoch milliseconds of the latest look. */
	get lookedAt(): number | null {
		return this.#lookedAt;
	}

	get changes(): Record<Direction, PendingChange[]> {
		return this.#changes;
	}

	async #run(): Promise<void> {
		while (!this.#stopped) {
			const start = performance.now();
			await this.#lookOnce();
			if (this.#stopped) break;
			this.#onUpdate();
			const taken = performance.now() - start;
			await this.#waker.sleep(Math.max(this.#refresh, taken / busyShare - taken));
		}
		await Promise.all(sides.map((side) => this.#ends[side].connection?.close()));
	}

	async #lookOnce(): Promise<void> {
		const missing = sides.some((side) => this.#ends[side].snapshot.reachable === false);
		await Promise.all(sides.map((side) => this.#reach(side)));
		if (missing && sides.every((side) => this.#ends[side].snapshot.reachable)) this.#onReached();
		const connections = { local: this.#connection('local'), cloud: this.#connection('cloud') };
		const look = await lookAt(this.#pair, connections);
		for (const side of sides) {
			const error = look.errors[side];
			if (error?.code === 'unreachable') this.#lost(side, error);
			// A session may not know of rights that were given since it began.
			if (error?.code === 'denied') await this.#ends[side].connection?.close();
		}
		if (this.#watched) {
			for (const direction of directions) {
				const connection = this.#connection(sourceSide(direction));
				if (!connection || look.pending[direction] === null) continue;
				const target = this.#pair[targetSide(direction)].nodeId;
				const listed = await listChanges(connection, target, look.tablePairs).catch(() => null);
				if (listed) this.#changes[direction] = listed;
			}
		}
		// What is known stays on the screen, marked as old, while no end can be reached.
		if (!connections.local && !connections.cloud) return;
		this.#look = look;
		this.#lookedAt = Date.now();
	}

	#connection(side: Side): Connection | null {
		const { connection } = this.#ends[side];
		return connection && !connection.lost ? connection : null;
	}

	/** Makes sure of an end's connection, and measures its round trip. */
	async #reach(side: Side): Promise<void> {
		const end = this.#ends[side];
		if (!this.#connection(side)) {
			if (Date.now() < end.retryAt) return;
			try {
				end.connection = await Connection.open(this.#pair[side], lookTimeout);
			} catch (thrown) {
				this.#lost(side, asSyncError(thrown));
				return;
			}
		}
		const connection = this.#connection(side);
		if (!connection) return;
		try {
			end.snapshot = await reachedEnd(connection);
			end.failures = 0;
		} catch (thrown) {
			this.#lost(side, asSyncError(thrown));
		}
	}

	#lost(side: Side, error: SyncError): void {
		const end = this.#ends[side];
		end.connection?.destroy();
		end.connection = null;
		end.failures += 1;
		end.retryAt = Date.now() + Math.min(retryDelay(end.failures), 10_000);
		end.snapshot = unreachedEnd(end.snapshot, error);
	}
}

function newEnd(nodeId: string): EndState {
	return { connection: null, failures: 0, retryAt: 0, snapshot: unknownEnd(nodeId) };
}

import { LogConnection } from '../../changelog/session/log-connection.ts';
import type { EndConfig } from '../../config/types.ts';
import type { LineSecurity } from '../../database/connection/line.ts';
import type { Access } from '../../database/connection/node-state.ts';
import { asSyncError, type SyncError } from '../../errors.ts';
import type { EndSnapshot } from '../api/snapshot.ts';
import { retryDelay } from '../shared/backoff.ts';
import { reachedEnd, unknownEnd, unreachedEnd } from './end-snapshot.ts';

/** Milliseconds after which a server that does not answer a look counts as lost. */
const lookTimeout = 10_000;

/** Looks after which the round trip is measured again. */
const looksPerPing = 5;

/** The longest pause before a lost server is tried again, in milliseconds. */
const longestPause = 10_000;

/** One end of a pair, as a monitor reaches it: on a connection that it keeps, and opens again when it was lost. */
export class MonitoredEnd {
	readonly #end: EndConfig;
	readonly #access: Access;
	/** Milliseconds for which a measured round trip stands. */
	readonly #measuredFor: number;
	#connection: LogConnection | null = null;
	#snapshot: EndSnapshot;
	#security: LineSecurity | null = null;
	#failures = 0;
	/** Epoch milliseconds, as the next. */
	#retryAt = 0;
	#measuredAt = 0;

	/** @param refresh milliseconds between two looks */
	constructor(end: EndConfig, refresh: number, access: Access) {
		this.#end = end;
		this.#access = access;
		this.#measuredFor = looksPerPing * refresh;
		this.#snapshot = unknownEnd(end.nodeId);
	}

	/** Null where there is none, or it was lost. */
	get connection(): LogConnection | null {
		return this.#connection?.lost ? null : this.#connection;
	}

	/** How the latest connection is protected, or was. */
	get security(): LineSecurity | null {
		return this.#security;
	}

	get snapshot(): EndSnapshot {
		return this.#snapshot;
	}

	/** Makes sure of the connection, and measures its round trip now and then. */
	async reach(): Promise<void> {
		await this.#leaveNode();
		if (!this.connection) {
			if (Date.now() < this.#retryAt) return;
			try {
				this.#connection = await LogConnection.open(this.#end, {
					timeout: lookTimeout,
					access: this.#access,
				});
				this.#security = this.#connection.security;
			} catch (thrown) {
				this.lose(asSyncError(thrown));
				return;
			}
		} else if (this.#snapshot.reachable && Date.now() < this.#measuredAt + this.#measuredFor) {
			return;
		}
		const { connection } = this;
		if (!connection) return;
		try {
			this.#snapshot = await reachedEnd(connection);
			this.#failures = 0;
			this.#measuredAt = Date.now();
		} catch (thrown) {
			this.lose(asSyncError(thrown));
		}
	}

	/** Follows the engine to the node that it uses now, and looks whether a read-only one takes writes again. */
	async #leaveNode(): Promise<void> {
		const { connection } = this;
		if (!connection) return;
		const isDue = Date.now() >= this.#measuredAt + this.#measuredFor;
		if (connection.isToNodeInUse && !(connection.writeRefusal && isDue)) return;
		await connection.close();
	}

	/** Gives the connection up for what happened on it; another is tried after a pause that grows. */
	lose(error: SyncError): void {
		this.cut();
		this.#connection = null;
		this.#failures += 1;
		this.#retryAt = Date.now() + Math.min(retryDelay(this.#failures), longestPause);
		this.#snapshot = unreachedEnd(this.#snapshot, error);
	}

	/** Closes the connection after the statement in hand. */
	async close(): Promise<void> {
		await this.#connection?.close();
	}

	/** Cuts the connection at once. */
	cut(): void {
		this.#connection?.destroy();
	}
}

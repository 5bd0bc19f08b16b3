import type { LogConnection } from '../../changelog/session/log-connection.ts';
import { directions, type PairConfig, type Side, sides, sourceSide } from '../../config/types.ts';
import type { LineSecurity } from '../../database/connection/line.ts';
import { type TablePair, waitsForRight } from '../../database/pairing/table-pair.ts';
import { SyncError } from '../../errors.ts';
import type { Listing } from '../api/listing.ts';
import type { EndSnapshot } from '../api/snapshot.ts';
import { type LastCounts, nothingCounted } from '../install/restore.ts';
import { accessToLook } from '../shared/connections.ts';
import { WaitingRights } from '../shared/session-renewal.ts';
import { Waker } from '../shared/waker.ts';
import { definerGone } from '../survey/survey.ts';
import { type Look, lookAt, lookErrors } from './look.ts';
import { MonitoredEnd } from './monitored-end.ts';
import type { Trend } from './trend.ts';
import {
	noChangesListed,
	nothingListed,
	readChanges,
	readWatched,
	type WatchedLists,
} from './watched-lists.ts';

/**
 * Looks after which tables and triggers are read again, unless they are known to have changed: one look per
 * number of tables, within these bounds. Most of the cost of an idle engine.
 */
const looksPerLayout = { least: 8, most: 15, tables: 10 };

/** Largest share of the time spent on looks: a large catalogue is read less often. */
const busyShare = 0.2;

/** A query on the connections of a monitor; a side that cannot be reached is null. */
type LookQuestion<T> = (
	connections: Record<Side, LogConnection | null>,
	tables: readonly TablePair[],
) => Promise<T>;

export interface MonitorEvents {
	onUpdate: () => void;
	/** Called with the counts of each look. */
	onCount: Trend['counted'];
	/** Called when both sides answer after one of them did not. */
	onReached: () => void;
	/** Called with each look, before it is shown. */
	onLook: (look: Look) => void;
}

/**
 * Watches both databases of a pair on its own connections, so that the counts stay current during a batch,
 * also if somebody else changes something. Reads only.
 */
export class Monitor {
	readonly #pair: PairConfig;
	readonly #refresh: number;
	readonly #events: MonitorEvents;
	readonly #waker = new Waker();
	readonly #ends: Record<Side, MonitoredEnd>;
	#stopped = false;
	#loop: Promise<void> | null = null;
	#look: Look | null = null;
	#lookedAt: number | null = null;
	/** The connections of the latest complete look, and the time until which it may be reused. */
	#whole: { by: Record<Side, LogConnection | null>; until: number } | null = null;
	#dueAt = 0;
	readonly #questions: (() => Promise<void>)[] = [];
	#watched: Listing | null = null;
	#listed = nothingListed();
	/** The listing that was watched when it was read. */
	#listedFor: Listing | null = null;

	readonly #rights = new WaitingRights();
	#counts = nothingCounted;

	/** @param refresh milliseconds between two looks */
	constructor(pair: PairConfig, refresh: number, events: MonitorEvents) {
		this.#pair = pair;
		this.#refresh = refresh;
		this.#events = events;
		this.#ends = {
			local: new MonitoredEnd(pair.local, refresh, accessToLook(pair)),
			cloud: new MonitoredEnd(pair.cloud, refresh, accessToLook(pair)),
		};
	}

	start(): void {
		this.#loop ??= this.#run();
	}

	async stop(): Promise<void> {
		this.#stopped = true;
		this.#waker.wake();
		await this.#loop;
	}

	/** Cuts off a look that does not end. */
	cut(): void {
		for (const side of sides) this.#ends[side].cut();
	}

	/** Looks again at once. */
	refresh(): void {
		this.#dueAt = 0;
		this.#waker.wake();
	}

	/** Looks again at once, and reads tables and triggers again. */
	refreshAll(): void {
		this.#whole = null;
		this.refresh();
	}

	/** The part of the pending changes, conflicts and parked changes to list; null to only count them. */
	set watched(watched: Listing | null) {
		const before = this.#watched;
		this.#watched = watched;
		if (!watched) {
			this.#listedFor = null;
			return;
		}
		if (watched.table !== (before?.table ?? null)) {
			// The listed changes of other tables are not wanted any more.
			this.#listed = { ...this.#listed, ...noChangesListed() };
		}
		// Another page needs no look: the other lists stay.
		if (before && this.#listedFor && this.#look) this.#turnPage();
		else this.refresh();
	}

	#turnPage(): void {
		this.#questions.push(async () => {
			const [look, watched] = [this.#look, this.#watched];
			// Skips pages that were turned over meanwhile.
			if (!look || !watched || watched === this.#listedFor) return;
			const connections = this.#connections;
			const changes = await readChanges(this.#pair, connections, look, this.#listed, watched);
			if (this.#watched?.table !== watched.table) return;
			this.#listed = { ...this.#listed, ...changes };
			this.#listedFor = watched;
			this.#events.onUpdate();
		});
		this.#waker.wake();
	}

	/**
	 * Runs a query between two looks.
	 * @throws SyncError `busy` if there was no look at the pair yet, or the engine is stopping
	 */
	ask<T>(question: LookQuestion<T>): Promise<T> {
		return new Promise((resolve, reject) => {
			if (this.#stopped || !this.#loop) {
				const why = this.#stopped ? 'the engine is stopping' : 'the pair is not enabled';
				reject(new SyncError(this.#stopped ? 'busy' : 'usage', why, { pair: this.#pair.name }));
				return;
			}
			this.#questions.push(async () => {
				const tables = this.#look?.tablePairs;
				if (!tables) {
					const words = 'the pair has not been read yet';
					reject(new SyncError('busy', words, { pair: this.#pair.name }));
					return;
				}
				const connections = this.#connections;
				await question(connections, tables).then(resolve, reject);
			});
			this.#waker.wake();
		});
	}

	end(side: Side): EndSnapshot {
		return this.#ends[side].snapshot;
	}

	/** Protection of the latest connection to a side. */
	security(side: Side): LineSecurity | null {
		return this.#ends[side].security;
	}

	get look(): Look | null {
		return this.#look;
	}

	/** Why reachable sides take no writes. */
	get writeRefusals(): SyncError[] {
		return sides.flatMap((side) => this.#ends[side].connection?.writeRefusal ?? []);
	}

	/** Epoch milliseconds of the latest look. */
	get lookedAt(): number | null {
		return this.#lookedAt;
	}

	/** The pending changes of each side at the last count of an existing log. */
	get counts(): LastCounts {
		return this.#counts;
	}

	get listed(): WatchedLists {
		return this.#listed;
	}

	async #run(): Promise<void> {
		while (!this.#stopped) {
			for (const question of this.#questions.splice(0)) await question();
			if (Date.now() >= this.#dueAt) {
				this.#dueAt = Number.POSITIVE_INFINITY;
				const start = performance.now();
				await this.#lookOnce();
				if (this.#stopped) break;
				this.#events.onUpdate();
				const taken = performance.now() - start;
				const pause = Math.max(this.#refresh, taken / busyShare - taken);
				// Another look may have been requested meanwhile.
				this.#dueAt = Math.min(this.#dueAt, Date.now() + pause);
			}
			if (this.#questions.length === 0) await this.#waker.sleep(this.#dueAt - Date.now());
		}
		for (const question of this.#questions.splice(0)) await question();
		await Promise.all(sides.map((side) => this.#ends[side].close()));
	}

	async #lookOnce(): Promise<void> {
		await this.#renewSessions();
		const missing = sides.some((side) => this.#ends[side].snapshot.reachable === false);
		await Promise.all(sides.map((side) => this.#ends[side].reach()));
		if (missing && sides.every((side) => this.#ends[side].snapshot.reachable))
			this.#events.onReached();
		const connections = this.#connections;
		const known = this.#look?.layout ?? null;
		let look = await lookAt(this.#pair, connections, this.#trusted(connections), known);
		// 1146: the tables were dropped since they were last read.
		if (lookErrors(look).some(({ errno }) => errno === 1146)) {
			look = await lookAt(this.#pair, connections, null, known);
		}
		this.#remember(look, connections);
		for (const side of sides) {
			const error = look.errors[side];
			if (error?.code === 'unreachable') this.#ends[side].lose(error);
			// A session may not see rights that were granted after it began.
			const denied = [error, ...look.failing.filter(({ place }) => place.side === side)];
			const mayHelp = denied.some((one) => one?.code === 'denied' && one.errno !== definerGone);
			// If its account was dropped, a closed session could not be reopened.
			if (mayHelp) await this.#ends[side].close();
		}
		// A look at an idle pair reuses the results of the previous one.
		const isNew = look.logs !== this.#look?.logs || this.#listedFor !== this.#watched;
		if (this.#watched && isNew) {
			const watched = this.#watched;
			const reached = this.#connections;
			const listed = await readWatched(this.#pair, reached, look, this.#listed, watched);
			if (watched.table === (this.#watched?.table ?? null)) this.#listed = listed;
			this.#listedFor = this.#watched && watched;
		}
		// If neither side can be reached, the last known values stay on the screen, marked as stale.
		if (!connections.local && !connections.cloud) return;
		this.#look = look;
		this.#lookedAt = Date.now();
		this.#count(look, this.#lookedAt);
		this.#events.onLook(look);
		this.#events.onCount({
			local_to_cloud: look.pending.local_to_cloud?.pending ?? null,
			cloud_to_local: look.pending.cloud_to_local?.pending ?? null,
		});
	}

	#count({ layout, pending }: Look, at: number): void {
		for (const direction of directions) {
			const side = sourceSide(direction);
			const counted = pending[direction];
			if (!counted || layout.surveys[side]?.changeLog !== 'complete') continue;
			this.#counts = { ...this.#counts, [side]: { at, ...counted } };
		}
	}

	/**
	 * Reopens sessions if a table waits for a right: only a session that began after the GRANT is certain to
	 * see it.
	 */
	async #renewSessions(): Promise<void> {
		const connections = this.#connections;
		if (this.#trusted(connections)) return;
		const denied = waitsForRight(this.#look?.tablePairs ?? []);
		if (!this.#rights.needsNewSessions(denied)) return;
		await Promise.all(sides.map((side) => connections[side]?.close()));
	}

	/** The latest look, as long as its results other than the counts may be reused. */
	#trusted(by: Record<Side, LogConnection | null>): Look | null {
		if (!this.#look || !this.#whole || Date.now() >= this.#whole.until) return null;
		const { by: then } = this.#whole;
		return sides.every((side) => then[side] === by[side]) ? this.#look : null;
	}

	#remember(look: Look, by: Record<Side, LogConnection | null>): void {
		if (lookErrors(look).length > 0) this.#whole = null;
		else if (this.#look?.layout !== look.layout) {
			const { least, most, tables } = looksPerLayout;
			const looks = Math.min(Math.max(look.tables.length / tables, least), most);
			this.#whole = { by, until: Date.now() + looks * this.#refresh };
		}
	}

	get #connections(): Record<Side, LogConnection | null> {
		return { local: this.#ends.local.connection, cloud: this.#ends.cloud.connection };
	}
}

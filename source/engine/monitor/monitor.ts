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
 * Looks after which tables and triggers are read again, unless something was done to them meanwhile:
 * one for so many tables, within these bounds. That is most of what an engine at rest costs.
 */
const looksPerLayout = { least: 8, most: 15, tables: 10 };

/** A look is at most this share of the time: a large catalogue is looked at less often. */
const busyShare = 0.2;

/** Something to be read on the connections of a monitor; an end that cannot be asked is null. */
type LookQuestion<T> = (
	connections: Record<Side, LogConnection | null>,
	tables: readonly TablePair[],
) => Promise<T>;

export interface MonitorEvents {
	onUpdate: () => void;
	/** Told what each look has counted. */
	onCount: Trend['counted'];
	/** Told when both ends answer and one of them had not. */
	onReached: () => void;
	/** Told of each look, before it is shown. */
	onLook: (look: Look) => void;
}

/**
 * Watches both databases of a pair on connections of its own, so that the counts stay live while a
 * batch is on its way, also when somebody else changes something. Reads only.
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
	/** The connections of the latest look that read everything, and how long it may be trusted. */
	#whole: { by: Record<Side, LogConnection | null>; until: number } | null = null;
	#dueAt = 0;
	readonly #questions: (() => Promise<void>)[] = [];
	#watched: Listing | null = null;
	#listed = nothingListed();
	/** What was watched when it was read. */
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

	/** Cuts a look off that does not end. */
	cut(): void {
		for (const side of sides) this.#ends[side].cut();
	}

	/** Looks again at once. */
	refresh(): void {
		this.#dueAt = 0;
		this.#waker.wake();
	}

	/** Looks again at once, also at what the databases consist of. */
	lookAnew(): void {
		this.#whole = null;
		this.refresh();
	}

	/** Whether what is pending, in conflict and parked is listed, and not only counted; and which part of it. */
	set watched(watched: Listing | null) {
		const before = this.#watched;
		this.#watched = watched;
		if (!watched) {
			this.#listedFor = null;
			return;
		}
		if (watched.table !== (before?.table ?? null)) {
			// What is listed of other tables is not what is asked for.
			this.#listed = { ...this.#listed, ...noChangesListed() };
		}
		// Another page needs no look: the rest of what is listed stays.
		if (before && this.#listedFor && this.#look) this.#turnPage();
		else this.refresh();
	}

	#turnPage(): void {
		this.#questions.push(async () => {
			const [look, watched] = [this.#look, this.#watched];
			// Pages that somebody has turned over meanwhile are not read.
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
	 * Has something read between two looks.
	 * @throws SyncError `busy` if the pair has never been looked at, or the engine is stopping
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
					const words = 'the pair has not been looked at yet';
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

	/** How the latest connection to an end is protected, or was. */
	security(side: Side): LineSecurity | null {
		return this.#ends[side].security;
	}

	get look(): Look | null {
		return this.#look;
	}

	/** Why ends that are reached take no writes. */
	get writeRefusals(): SyncError[] {
		return sides.flatMap((side) => this.#ends[side].connection?.writeRefusal ?? []);
	}

	/** Epoch milliseconds of the latest look. */
	get lookedAt(): number | null {
		return this.#lookedAt;
	}

	/** What waited on each side when it was last counted, in a log that was there. */
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
				// Somebody may have asked for a look meanwhile.
				this.#dueAt = Math.min(this.#dueAt, Date.now() + pause);
			}
			if (this.#questions.length === 0) await this.#waker.sleep(this.#dueAt - Date.now());
		}
		for (const question of this.#questions.splice(0)) await question();
		await Promise.all(sides.map((side) => this.#ends[side].close()));
	}

	async #lookOnce(): Promise<void> {
		await this.#beginAnew();
		const missing = sides.some((side) => this.#ends[side].snapshot.reachable === false);
		await Promise.all(sides.map((side) => this.#ends[side].reach()));
		if (missing && sides.every((side) => this.#ends[side].snapshot.reachable))
			this.#events.onReached();
		const connections = this.#connections;
		const known = this.#look?.layout ?? null;
		let look = await lookAt(this.#pair, connections, this.#trusted(connections), known);
		// 1146: the tables were dropped since the look knew of them.
		if (lookErrors(look).some(({ errno }) => errno === 1146)) {
			look = await lookAt(this.#pair, connections, null, known);
		}
		this.#remember(look, connections);
		for (const side of sides) {
			const error = look.errors[side];
			if (error?.code === 'unreachable') this.#ends[side].lose(error);
			// A session may not know of rights that were given since it began.
			const denied = [error, ...look.failing.filter(({ place }) => place.side === side)];
			const mayHelp = denied.some((one) => one?.code === 'denied' && one.errno !== definerGone);
			// One whose account is gone is the last one that there can be.
			if (mayHelp) await this.#ends[side].close();
		}
		// A look at rest takes over what the one before has found.
		const isNew = look.logs !== this.#look?.logs || this.#listedFor !== this.#watched;
		if (this.#watched && isNew) {
			const watched = this.#watched;
			const reached = this.#connections;
			const listed = await readWatched(this.#pair, reached, look, this.#listed, watched);
			if (watched.table === (this.#watched?.table ?? null)) this.#listed = listed;
			this.#listedFor = this.#watched && watched;
		}
		// What is known stays on the screen, marked as old, while no end can be reached.
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

	/** Where a table waits for a right, only a session that begins after it was given may know of it. */
	async #beginAnew(): Promise<void> {
		const connections = this.#connections;
		if (this.#trusted(connections)) return;
		const denied = waitsForRight(this.#look?.tablePairs ?? []);
		if (!this.#rights.beginAnew(denied)) return;
		await Promise.all(sides.map((side) => connections[side]?.close()));
	}

	/** The latest look, as long as what it found besides the counts may be trusted. */
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

import { type Config, type Direction, type Side, sides } from '../config/types.ts';
import { type Place, SyncError } from '../errors.ts';
import { count, plural } from '../text/words.ts';
import { forcedText } from './api/forced-text.ts';
import { listingOf, type PartialListing } from './api/listing.ts';
import type { RowInspection, RowQuery } from './api/row-comparison.ts';
import { type EngineSnapshot, type EngineView, longestStop, type Notice } from './api/snapshot.ts';
import { forgottenText } from './monitor/log-state.ts';
import { PairEngine } from './pair/pair-engine.ts';
import { Audience } from './shared/audience.ts';

/** Shortest time between two updates sent to listeners, in milliseconds. */
const updatePause = 100;

/** Runs all pairs concurrently: snapshots out, requests in. */
export class Engine implements EngineView {
	readonly #config: Config;
	readonly #pairs: Map<string, PairEngine>;
	readonly #audience = new Audience();
	#snapshot: EngineSnapshot | null = null;
	#updateTimer: NodeJS.Timeout | null = null;

	constructor(config: Config) {
		this.#config = config;
		const context = {
			refresh: config.refresh,
			notify: (notice: Notice) => this.#audience.noticed(notice),
			onUpdate: () => this.#updated(),
		};
		this.#pairs = new Map(config.pairs.map((pair) => [pair.name, new PairEngine(pair, context)]));
	}

	/** Starts every enabled pair: a run at once, and then at its interval. */
	start(): void {
		for (const pair of this.#pairs.values()) pair.start();
	}

	/**
	 * Resolves when current batches are done and all connections are closed.
	 * @param within milliseconds after which a batch is cut off; may be called again with less
	 */
	async stop(within: number = longestStop): Promise<void> {
		await Promise.all([...this.#pairs.values()].map((pair) => pair.stop(within)));
		if (this.#updateTimer) clearTimeout(this.#updateTimer);
		this.#updateTimer = null;
		this.#snapshot = null;
	}

	snapshot(): EngineSnapshot {
		this.#snapshot ??= {
			node_id: this.#config.nodeId,
			pairs: [...this.#pairs.values()].map((pair) => pair.snapshot()),
		};
		return this.#snapshot;
	}

	subscribe(listener: () => void): () => void {
		return this.#audience.subscribe(listener);
	}

	onNotice(listener: (notice: Notice) => void): () => void {
		return this.#audience.onNotice(listener);
	}

	async force(pair: string, wanted: readonly Direction[], once = false): Promise<string> {
		return forcedText(wanted, await this.#pair(pair).force(wanted, once));
	}

	async pause(pair: string): Promise<void> {
		this.#pair(pair).pause();
		this.#publish();
	}

	async resume(pair: string): Promise<void> {
		this.#pair(pair).resume();
		this.#publish();
	}

	async install(pair: string, table?: string): Promise<string> {
		const report = await this.#pair(pair).install(table);
		return bothSides((side) => {
			const { installed, unchanged, skipped, failed } = report[side];
			const [first] = failed;
			if (first) throw installRefusal(first.error, { pair, side, table: first.table });
			const parts = [`${installed.length} installed`];
			if (unchanged.length > 0) parts.push(`${unchanged.length} already current`);
			if (skipped.length > 0) parts.push(`${skipped.length} skipped`);
			return parts.join(', ');
		});
	}

	async uninstall(pair: string, table?: string): Promise<string> {
		const report = await this.#pair(pair).uninstall(table);
		return bothSides((side) => `${report[side].uninstalled.length} uninstalled`);
	}

	async dropLog(pair: string): Promise<string> {
		const report = await this.#pair(pair).dropLog();
		const dropped = (side: Side) => (report[side].log_dropped ? ', change log dropped' : '');
		const words = bothSides(
			(side) => `${report[side].uninstalled.length} uninstalled${dropped(side)}`,
		);
		return `${words}; paused`;
	}

	async forget(pair: string, node: string): Promise<string> {
		return forgottenText(node, await this.#pair(pair).forget(node));
	}

	async retry(pair: string, id?: string): Promise<string> {
		const { tried, parked } = await this.#pair(pair).retry(id);
		if (tried === 0) return 'nothing is parked';
		const still = parked === 0 ? 'none' : `${count(parked)} still`;
		return `${plural(tried, 'parked change')} retried; ${still} parked`;
	}

	async resolve(pair: string, id: string, keep: Side): Promise<string> {
		await this.#pair(pair).resolve(id, keep);
		return `${id}: resolved, winner ${keep}`;
	}

	async inspect(pair: string, query: RowQuery): Promise<RowInspection> {
		return this.#pair(pair).inspect(query);
	}

	watch(name: string | null, listing?: PartialListing): void {
		for (const pair of this.#pairs.values()) {
			pair.watched = pair.pair.name === name ? listingOf(listing) : null;
		}
	}

	#pair(name: string): PairEngine {
		const pair = this.#pairs.get(name);
		if (pair) return pair;
		throw new SyncError('usage', `there is no pair named ${name}`);
	}

	/** Notifies listeners at most a few times per second, however busy the pairs are. */
	#updated(): void {
		this.#snapshot = null;
		this.#updateTimer ??= setTimeout(() => this.#publish(), updatePause);
	}

	#publish(): void {
		if (this.#updateTimer) clearTimeout(this.#updateTimer);
		this.#updateTimer = null;
		this.#snapshot = null;
		this.#audience.updated();
	}
}

/** The error of one table's installation, whatever it was, as the answer to a request. */
function installRefusal(error: SyncError, place: Place): SyncError {
	return new SyncError('denied', error.message, { ...error.asPlain(), ...place });
}

function bothSides(words: (side: Side) => string): string {
	return sides.map((side) => `${side}: ${words(side)}`).join('; ');
}

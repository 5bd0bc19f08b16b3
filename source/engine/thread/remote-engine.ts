import type { Config, Direction, Side } from '../../config/types.ts';
import type { PartialListing } from '../api/listing.ts';
import type { RowInspection, RowQuery } from '../api/row-comparison.ts';
import {
	type EngineSnapshot,
	type EngineView,
	type LivePair,
	longestStop,
	type Notice,
} from '../api/snapshot.ts';
import { Audience } from '../shared/audience.ts';
import { withDifference } from './difference.ts';
import { Thread } from './thread.ts';

/** A pause or resume that the engine has not confirmed yet. */
interface Wish {
	pair: string;
	paused: boolean;
}

/** An engine on its own thread, so that this thread always answers at once. */
export class RemoteEngine implements EngineView {
	/** Rejects with a SyncError `internal` if the engine ends without having been stopped. */
	readonly failure: Promise<never>;
	/** Resolves when there is a snapshot of the pairs. Rejects like `failure`. */
	readonly started: Promise<void>;
	readonly #thread: Thread;
	readonly #audience = new Audience();
	#wishes: readonly Wish[] = [];
	/** The latest snapshot of the engine. */
	#told: EngineSnapshot;
	/** The same, with the unconfirmed wishes applied. */
	#shown: EngineSnapshot;

	/**
	 * Starts the engine: every enabled pair runs at once, and then at its interval.
	 * @param file the program of the thread, if not the default
	 */
	constructor(config: Config, file?: URL) {
		this.#told = { node_id: config.nodeId, pairs: [] };
		this.#shown = this.#told;
		let started = () => {};
		const first = new Promise<void>((resolve) => {
			started = resolve;
		});
		this.#thread = new Thread(
			config,
			(message) => {
				if (message.kind === 'notice') {
					this.#audience.noticed(message.notice);
					return;
				}
				this.#told = withDifference(this.#told, message.difference) as EngineSnapshot;
				this.#update();
				started();
			},
			file,
		);
		this.failure = this.#thread.failure;
		this.started = Promise.race([first, this.failure]);
		this.started.catch(() => {});
	}

	/**
	 * Resolves when current batches are done, all connections are closed, and the thread has ended.
	 * @param within milliseconds after which a batch is cut off; may be called again with less
	 * @throws SyncError `internal` if the engine has failed
	 */
	stop(within: number = longestStop): Promise<void> {
		return this.#thread.stop(within);
	}

	snapshot(): EngineSnapshot {
		return this.#shown;
	}

	subscribe(listener: () => void): () => void {
		return this.#audience.subscribe(listener);
	}

	onNotice(listener: (notice: Notice) => void): () => void {
		return this.#audience.onNotice(listener);
	}

	force(pair: string, wanted: readonly Direction[], once = false): Promise<string> {
		return this.#thread.call('force', pair, wanted, once);
	}

	pause(pair: string): Promise<void> {
		return this.#wish({ pair, paused: true }, () => this.#thread.call('pause', pair));
	}

	resume(pair: string): Promise<void> {
		return this.#wish({ pair, paused: false }, () => this.#thread.call('resume', pair));
	}

	install(pair: string, table?: string): Promise<string> {
		return this.#thread.call('install', pair, table);
	}

	uninstall(pair: string, table?: string): Promise<string> {
		return this.#thread.call('uninstall', pair, table);
	}

	dropLog(pair: string): Promise<string> {
		return this.#thread.call('dropLog', pair);
	}

	forget(pair: string, node: string): Promise<string> {
		return this.#thread.call('forget', pair, node);
	}

	retry(pair: string, id?: string): Promise<string> {
		return this.#thread.call('retry', pair, id);
	}

	resolve(pair: string, id: string, keep: Side): Promise<string> {
		return this.#thread.call('resolve', pair, id, keep);
	}

	inspect(pair: string, query: RowQuery): Promise<RowInspection> {
		return this.#thread.call('inspect', pair, query);
	}

	watch(pair: string | null, listing?: PartialListing): void {
		// A thread that has ended has nothing to list; its end is reported elsewhere.
		this.#thread.call('watch', pair, listing).catch(() => {});
	}

	/** Shows a wish in the snapshot at once; the engine learns of it a moment later. */
	async #wish(wish: Wish, call: () => Promise<void>): Promise<void> {
		this.#wishes = [...this.#wishes, wish];
		this.#update();
		try {
			await call();
		} finally {
			this.#wishes = this.#wishes.filter((each) => each !== wish);
			this.#update();
		}
	}

	#update(): void {
		this.#shown = this.#wishes.reduce(granted, this.#told);
		this.#audience.updated();
	}
}

function granted(snapshot: EngineSnapshot, { pair: name, paused }: Wish): EngineSnapshot {
	const pairs = snapshot.pairs.map((pair) => (pair.name === name ? inMode(pair, paused) : pair));
	return { ...snapshot, pairs };
}

/** A running pair stays so until the current batch is done; a read-only pair is never resumed. */
function inMode(pair: LivePair, paused: boolean): LivePair {
	if (paused) {
		const atRest = pair.state === 'idle' || pair.state === 'standby';
		return { ...pair, state: atRest ? 'paused' : pair.state, next_run_at: null };
	}
	return pair.state === 'paused' && !pair.read_only ? { ...pair, state: 'idle' } : pair;
}

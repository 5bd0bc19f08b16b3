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

/** A pause or its end that the engine has not confirmed yet. */
interface Wish {
	pair: string;
	paused: boolean;
}

/** An engine on a thread of its own, so that whatever it is busy with, this thread answers at once. */
export class RemoteEngine implements EngineView {
	/** Rejects with a SyncError `internal` when the engine ends although nobody has stopped it. */
	readonly failure: Promise<never>;
	/** Resolves when there is a snapshot of the pairs. Rejects as `failure` does. */
	readonly started: Promise<void>;
	readonly #thread: Thread;
	readonly #audience = new Audience();
	#wishes: readonly Wish[] = [];
	/** What the engine has told. */
	#told: EngineSnapshot;
	/** The same as it will be once it has heard the wishes. */
	#shown: EngineSnapshot;

	/**
	 * Starts the engine: every enabled pair runs at once, and then at its interval.
	 * @param file the program of the thread, unless it is the engine's own
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
	 * Resolves when the batches in hand are done, every connection is closed, and the thread has ended.
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
		// A thread that has ended has nothing to list; that it has is told otherwise.
		this.#thread.call('watch', pair, listing).catch(() => {});
	}

	/** The snapshot tells of a wish at once: the engine hears of it a moment later. */
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

/** What is at work stays so until the batch in hand is done; a read-only pair is never resumed. */
function inMode(pair: LivePair, paused: boolean): LivePair {
	if (paused) {
		const atRest = pair.state === 'idle' || pair.state === 'standby';
		return { ...pair, state: atRest ? 'paused' : pair.state, next_run_at: null };
	}
	return pair.state === 'paused' && !pair.read_only ? { ...pair, state: 'idle' } : pair;
}

import { type Direction, directions, type PairConfig } from '../config/types.ts';
import { waitsForRight } from '../database/table-pair.ts';
import type { BatchResult } from '../transfer/batch.ts';
import type { DrainResult } from '../transfer/drain.ts';
import { count, plural, took } from '../words.ts';
import type { Connections } from './connections.ts';
import type { Lease } from './lease.ts';
import type { PassResult } from './passes.ts';
import type { Prepared } from './prepare.ts';
import { runPasses } from './run-passes.ts';
import { splitText, waitingText } from './sync.ts';
import type { Tally } from './tally.ts';
import type { Teller } from './teller.ts';
import { WaitingRights } from './waiting-rights.ts';

interface RunsContext {
	lease: Lease;
	tally: Tally;
	teller: Teller;
	/** Whether the run in hand is to end after its batch. */
	stopped: () => boolean;
	/** Whether the run in hand is to end soon, as something else was asked for. */
	yields: () => boolean;
	/** Called after each batch. */
	onMoved: () => void;
}

export interface RunOptions {
	/** Tries parked changes too whose pause is not over. */
	all: boolean;
	/** One batch per direction and no more. */
	once: boolean;
}

/** Milliseconds after which a scheduled run gives way to the next: that one knows of rights that were given since. */
const longestRun = 60_000;

/** The runs of a pair that this engine holds: what each starts from, what it moves, what it tells. */
export class Runs {
	readonly #pair: PairConfig;
	readonly #context: RunsContext;
	/** Why changes of tables wait that the latest runs had to leave out, by table. */
	readonly #waiting: Record<Direction, DrainResult['waiting']> = {
		local_to_cloud: new Map(),
		cloud_to_local: new Map(),
	};
	readonly #rights = new WaitingRights();
	#beginsAnew = false;
	#isUnfinished = false;
	/** Tables whose triggers were looked after once; what is dropped later is shown, not put back. */
	#prepared: ReadonlySet<string> = new Set();

	constructor(pair: PairConfig, context: RunsContext) {
		this.#pair = pair;
		this.#context = context;
	}

	/** Why changes of tables wait, by table. */
	get waiting(): [string, string][] {
		return [...this.#waiting.local_to_cloud, ...this.#waiting.cloud_to_local];
	}

	/** Whether the sessions are to begin anew: they may not know of a right that was given since. */
	get beginsAnew(): boolean {
		return this.#beginsAnew;
	}

	/** Whether the latest run ended although more is pending. */
	get isUnfinished(): boolean {
		return this.#isUnfinished;
	}

	/** Looks after every table at the next run as at the first. */
	startOver(): void {
		this.#prepared = new Set();
	}

	/**
	 * Installs what is missing, and runs batches until nothing is pending or something else was asked for,
	 * or one per direction.
	 */
	async run(
		connections: Connections,
		wanted: readonly Direction[],
		{ all, once }: RunOptions,
	): Promise<PassResult> {
		const { lease, teller, stopped, yields } = this.#context;
		let tables: Prepared['tables'] = [];
		this.#isUnfinished = false;
		const start = performance.now();
		const { moved, notes, isUnfinished } = await runPasses(
			connections,
			this.#pair,
			{
				...{ directions: wanted, once, lease, all, stopped },
				onBatch: (direction, batch) => this.#moved(direction, batch),
			},
			{
				yields: () => yields() || (!all && performance.now() - start > longestRun),
				known: this.#prepared,
				onPrepared: (prepared) => {
					tables = prepared.tables;
					this.#tellPrepared(prepared);
				},
				onPassed: (errors) => {
					for (const direction of wanted) {
						for (const error of errors[direction])
							teller.tell('error', error.describe(), direction);
					}
				},
				onVanished: (lines) => teller.tellNew('vanished', 'warning', lines),
			},
		);
		teller.tellOnce('warning', notes);
		for (const direction of wanted) {
			const split = splitText(this.#pair, moved[direction]);
			if (split !== null) teller.tell('info', split, direction);
			teller.tellOnce('warning', moved[direction].notes, direction);
			const waits = waitingText(moved[direction]);
			teller.tellNew(`waiting ${direction}`, 'warning', waits, direction);
			this.#waiting[direction] = moved[direction].waiting;
		}
		this.#isUnfinished = isUnfinished;
		const leftOut = directions.some((direction) => this.#waiting[direction].size > 0);
		this.#beginsAnew = this.#rights.beginAnew(leftOut || waitsForRight(tables));
		return moved;
	}

	#tellPrepared({ installed, uncaptured, skipped, missing, known }: Prepared): void {
		const { teller } = this.#context;
		this.#prepared = known;
		for (const message of installed) teller.tell('info', message);
		for (const message of uncaptured) teller.tell('warning', message);
		teller.tellNew('skipped', 'info', skipped);
		teller.tellNew('missing', 'warning', missing);
	}

	#moved(direction: Direction, batch: BatchResult): void {
		const { tally, teller, onMoved } = this.#context;
		tally.add(direction, batch);
		const conflicts = batch.conflicts === 0 ? '' : `; ${plural(batch.conflicts, 'conflict')}`;
		teller.tell(
			'info',
			`applied ${plural(batch.applied, 'change')} in ${took(batch.milliseconds)}${conflicts}`,
			direction,
			batchDetail(batch),
		);
		onMoved();
	}
}

/** What the batch came to in SQL: `9 upserts, 2 deletes`. */
function batchDetail({ upserts, deletes, refused }: BatchResult): string {
	return [
		...(upserts > 0 ? [plural(upserts, 'upsert')] : []),
		...(deletes > 0 ? [plural(deletes, 'delete')] : []),
		...(refused.length > 0 ? [`${count(refused.length)} refused`] : []),
	].join(', ');
}

import { type Direction, directions, type PairConfig, sides } from '../../config/types.ts';
import { waitsForRight } from '../../database/pairing/table-pair.ts';
import type { SyncError } from '../../errors.ts';
import type { Finding } from '../../text/finding.ts';
import { count, plural } from '../../text/words.ts';
import type { BatchResult } from '../../transfer/batch.ts';
import type { DrainResult } from '../../transfer/drain.ts';
import { describeSecurity, isExposed } from '../api/line-security.ts';
import { runFinding } from '../api/run-messages.ts';
import { type LastCounts, type Restored, restore } from '../install/restore.ts';
import type { Lease } from '../lease/lease.ts';
import type { Tally } from '../monitor/tally.ts';
import { tryDefiners } from '../run/definer-trial.ts';
import type { PassResult } from '../run/passes.ts';
import type { Prepared } from '../run/prepare.ts';
import { runPasses } from '../run/run-passes.ts';
import { backlogSplit, changesThatWait } from '../run/sync-pair.ts';
import type { Connections } from '../shared/connections.ts';
import { WaitingRights } from '../shared/session-renewal.ts';
import { matchTables, surveyBoth } from '../survey/survey.ts';
import type { Teller } from './notices.ts';

interface RunsContext {
	lease: Lease;
	tally: Tally;
	teller: Teller;
	/** Whether the run in hand is to end after its batch. */
	stopped: () => boolean;
	/** What waited on each side at the latest look. */
	counts: () => LastCounts;
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

/** Milliseconds between two trials of triggers whose account cannot be looked at. */
const trialPause = 30_000;
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
	#tried: SyncError[] = [];
	/** Epoch milliseconds before which nothing is tried again. */
	#trialAt = 0;
	#withoutTriggers: Prepared['withoutTriggers'] = [];
	/** Tables whose triggers were looked after once; what is dropped later is shown, not put back. */
	#prepared: ReadonlySet<string> = new Set();

	constructor(pair: PairConfig, context: RunsContext) {
		this.#pair = pair;
		this.#context = context;
	}

	/** What is to be said of tables besides what a look finds: why changes wait, or none are captured. */
	get notes(): Finding[] {
		const waiting = directions.flatMap((direction) =>
			changesThatWait({ waiting: this.#waiting[direction] }),
		);
		return [...this.#withoutTriggers, ...waiting];
	}

	/** What trials have shown is not true any more: the triggers are new. */
	forgetTrials(): void {
		this.#tried = [];
		this.#trialAt = 0;
	}

	/** Why writes of the application fail, as trials have shown. */
	get failing(): readonly SyncError[] {
		return this.#tried;
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
		this.forgetTrials();
	}

	/** Puts back what somebody dropped of this program's own tables. */
	async restore(connections: Connections): Promise<void> {
		const surveys = await surveyBoth(connections, this.#pair);
		const tables = matchTables(this.#pair, surveys);
		const { counts } = this.#context;
		this.#tellRestored(await restore(connections, this.#pair, surveys, tables, counts()));
	}

	#tellRestored({ installed, lost }: Restored): void {
		for (const message of installed) this.#context.teller.tell('info', message);
		for (const message of lost) this.#context.teller.tell('warning', message);
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
		const { lease, teller, stopped, yields, counts } = this.#context;
		teller.tellNew('exposed', 'warning', exposedEnds(connections));
		this.#isUnfinished = false;
		const start = performance.now();
		const { moved, prepared, notes, isUnfinished } = await runPasses(
			connections,
			this.#pair,
			{
				...{ directions: wanted, once, lease, all, stopped },
				onBatch: (direction, batch) => this.#moved(direction, batch),
			},
			{
				yields: () => yields() || (!all && performance.now() - start > longestRun),
				known: this.#prepared,
				counts,
				onPrepared: async (latest) => {
					this.#tellPrepared(latest);
					await this.#tryDefiners(connections, latest);
				},
				onFilled: ({ told, failed }) => {
					for (const message of told) teller.tell('info', message);
					teller.tellNew('filling', 'warning', failed);
				},
				onPassed: (errors) => {
					for (const direction of wanted) {
						for (const error of errors[direction]) teller.tell('error', error, direction);
					}
				},
				onVanished: (found) => teller.tellNew('vanished', 'warning', found),
			},
		);
		teller.tellOnce('warning', notes);
		for (const direction of wanted) {
			const split = backlogSplit(this.#pair, moved[direction]);
			if (split !== null) teller.tell('info', split, direction);
			teller.tellOnce('warning', moved[direction].notes, direction);
			const waits = changesThatWait(moved[direction]);
			teller.tellNew(`waiting ${direction}`, 'warning', waits, direction);
			this.#waiting[direction] = moved[direction].waiting;
		}
		this.#isUnfinished = isUnfinished;
		const leftOut = directions.some((direction) => this.#waiting[direction].size > 0);
		this.#beginsAnew = this.#rights.beginAnew(
			leftOut || waitsForRight(prepared.tables) || prepared.failing.length > 0,
		);
		return moved;
	}

	#tellPrepared(prepared: Prepared): void {
		const { restored, installed, uncaptured, skipped, missing, known } = prepared;
		const { teller } = this.#context;
		this.#prepared = known;
		this.#withoutTriggers = prepared.withoutTriggers;
		this.#tellRestored(restored);
		for (const message of installed) teller.tell('info', message);
		for (const message of uncaptured) teller.tell('warning', message);
		teller.tellNew('skipped', 'info', skipped);
		teller.tellNew('missing', 'warning', missing);
	}

	async #tryDefiners(connections: Connections, { tables, surveys }: Prepared): Promise<void> {
		if (Date.now() < this.#trialAt) return;
		this.#trialAt = Date.now() + trialPause;
		this.#tried = await tryDefiners(connections, this.#pair, tables, surveys);
		this.#context.teller.tellNew('tried', 'error', this.#tried);
	}

	#moved(direction: Direction, batch: BatchResult): void {
		const { tally, teller, onMoved } = this.#context;
		tally.add(direction, batch);
		const { applied: changes, milliseconds, conflicts } = batch;
		const applied = runFinding('batch_applied', {}, { changes, milliseconds, conflicts });
		teller.tell('info', applied, direction, batchDetail(batch));
		onMoved();
	}
}

/** Which ends are reached over a line that others could read or change. */
function exposedEnds(connections: Connections): Finding[] {
	return sides.flatMap((side) => {
		const { security } = connections[side];
		const words = describeSecurity(security);
		if (words === null || !isExposed(security)) return [];
		return [runFinding('line_exposed', { side }, { security: words })];
	});
}

/** What the batch came to in SQL: `9 upserts, 2 deletes`. */
function batchDetail({ upserts, deletes, refused }: BatchResult): string {
	return [
		...(upserts > 0 ? [plural(upserts, 'upsert')] : []),
		...(deletes > 0 ? [plural(deletes, 'delete')] : []),
		...(refused.length > 0 ? [`${count(refused.length)} refused`] : []),
	].join(', ');
}

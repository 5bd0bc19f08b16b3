import { type Direction, directions, type PairConfig, sides } from '../../config/types.ts';
import { refuseStatementLog, statementLogError } from '../../database/connection/binary-log.ts';
import { waitsForRight } from '../../database/pairing/table-pair.ts';
import type { SyncError } from '../../errors.ts';
import type { Finding } from '../../text/finding.ts';
import type { BatchResult } from '../../transfer/batch.ts';
import type { DrainResult } from '../../transfer/drain.ts';
import { describeSecurity, isExposed } from '../api/line-security.ts';
import { runFinding } from '../api/run-messages.ts';
import { installPatience, withInstallLock } from '../install/install-lock.ts';
import { type LastCounts, nothingCounted, type Restored, restore } from '../install/restore.ts';
import type { Lease } from '../lease/lease.ts';
import { type Connections, nodesLeft } from '../shared/connections.ts';
import { WaitingRights } from '../shared/session-renewal.ts';
import { refuseSharedNodeIds } from '../survey/node-ids.ts';
import { matchTables, surveyBoth } from '../survey/survey.ts';
import { tryDefiners } from './definer-trial.ts';
import type { PassResult } from './passes.ts';
import type { Prepared } from './prepare.ts';
import { runPasses } from './run-passes.ts';
import type { Report } from './topics.ts';

export interface RunsContext {
	lease: Lease;
	report: Report;
	/** Called between batches; true ends the run. */
	stopped: () => boolean;
	onBatch?: ((direction: Direction, batch: BatchResult) => void) | undefined;
	/** Called once this engine holds the pair. */
	onHeld?: () => void;
	/** The pending changes of each side at the latest look. */
	counts?: () => LastCounts;
	/** Called after each turn of the directions; true ends the run because of a request. */
	yields?: () => boolean;
	/** Seconds to wait for another process that installs; those of an engine unless given. */
	installPatience?: number;
}

export interface RunOptions {
	/** Retries parked changes even if their pause is not over. */
	all: boolean;
	/** At most one batch per direction. */
	once: boolean;
	/** Milliseconds to wait for a holder that is about to end. */
	patience?: number;
}

type Latest = Pick<Prepared, 'tables' | 'withoutTriggers' | 'failing'>;

/** Milliseconds between two trials of triggers whose account is not visible. */
const trialPause = 30_000;
/** Milliseconds after which a scheduled run yields to the next, which sees rights that were granted since. */
const longestRun = 60_000;

/**
 * The runs of one pair, and the state kept between them. An engine does one after the other; `sync` does one.
 * The steps are always the same:
 *
 * 1. refuse what no run may touch: a node id of another database, a binary log of statements
 * 2. take the lease
 * 3. in passes, until nothing is pending: check tables and triggers, try triggers whose account is not
 * visible, queue existing rows, move batches, shorten the logs, look for rows that were deleted or added
 * without firing a trigger
 * 4. report what needs attention
 */
export class Runs {
	readonly #pair: PairConfig;
	readonly #context: RunsContext;
	/** Why changes of tables excluded by the latest runs wait, by table. */
	readonly #waiting: Record<Direction, DrainResult['waiting']> = {
		local_to_cloud: new Map(),
		cloud_to_local: new Map(),
	};
	readonly #rights = new WaitingRights();
	#needsNewSessions = false;
	#isUnfinished = false;
	#tried: SyncError[] = [];
	/** Epoch milliseconds before which no trial is made. */
	#trialAt = 0;
	#latest: Latest = { tables: [], withoutTriggers: [], failing: [] };
	/**
	 * Tables whose triggers were checked before. If these are dropped later, that is reported, not undone.
	 */
	#known: ReadonlySet<string> = new Set();

	constructor(pair: PairConfig, context: RunsContext) {
		this.#pair = pair;
		this.#context = context;
	}

	/** Notes on tables besides the findings of a look: why changes wait, or are not captured. */
	get notes(): Finding[] {
		const waiting = directions.flatMap((direction) => changesThatWait(this.#waiting[direction]));
		return [...this.#latest.withoutTriggers, ...waiting];
	}

	/** The state that the latest pass started from. */
	get latest(): Latest {
		return this.#latest;
	}

	/** Discards the results of trials, because the triggers are new. */
	forgetTrials(): void {
		this.#tried = [];
		this.#trialAt = 0;
	}

	/** Why writes of the application fail, according to trials. */
	get tried(): readonly SyncError[] {
		return this.#tried;
	}

	/** True if sessions must be reopened: they may not see rights that were granted since. */
	get needsNewSessions(): boolean {
		return this.#needsNewSessions;
	}

	/** True if the latest run ended although more is pending. */
	get isUnfinished(): boolean {
		return this.#isUnfinished;
	}

	/** Lets the next run treat every table as new. */
	startOver(): void {
		this.#known = new Set();
		this.forgetTrials();
	}

	/** Restores own tables that were dropped. */
	async restore(connections: Connections): Promise<void> {
		const pair = this.#pair;
		const counts = this.#context.counts?.() ?? nothingCounted;
		const restored = await withInstallLock(connections, pair, installPatience.engine, async () => {
			const surveys = await surveyBoth(connections, pair);
			return restore(connections, pair, surveys, matchTables(pair, surveys), counts);
		});
		this.#reportRestored(restored);
	}

	#reportRestored({ installed, lost }: Restored): void {
		this.#context.report('restored', installed);
		this.#context.report('lost', lost);
	}

	/**
	 * Takes the lease, installs what is missing, and runs batches until nothing is pending, a request
	 * arrives, or one batch per direction is done.
	 * @throws SyncError that names the pair; `held` if another engine holds it; `config` if a side uses the
	 *   node id of another database; changes moved before stay moved
	 */
	async run(
		connections: Connections,
		wanted: readonly Direction[],
		{ all, once, patience }: RunOptions,
	): Promise<PassResult> {
		const { lease, report, stopped, yields, counts, onBatch, onHeld } = this.#context;
		report('nodes', nodesLeft(this.#pair));
		report('exposed', exposedEnds(connections));
		await refuseSharedNodeIds(connections, this.#pair);
		await this.#refuseStatementLogs(connections);
		await lease.take(patience);
		onHeld?.();
		await lease.mark(connections);
		this.#isUnfinished = false;
		const start = performance.now();
		const { moved, prepared, notes, isUnfinished } = await runPasses(
			connections,
			this.#pair,
			{ directions: wanted, once, lease, all, stopped, ...(onBatch && { onBatch }) },
			{
				yields: () => yields?.() === true || (!all && performance.now() - start > longestRun),
				known: this.#known,
				...(counts && { counts }),
				installPatience: this.#context.installPatience,
				onPrepared: async (latest) => {
					this.#prepared(latest);
					await this.#tryDefiners(connections, latest);
				},
				onFilled: ({ told, failed }) => {
					report('filled', told);
					report('unfilled', failed);
				},
				onPassed: (errors) => {
					for (const direction of wanted) {
						report('refused', errors[direction], direction);
					}
				},
				onVanished: (found) => report('vanished', found),
			},
		);
		report('notes', notes);
		for (const direction of wanted) {
			report('split', backlogSplit(this.#pair, moved[direction]), direction);
			report('notes', moved[direction].notes, direction);
			report('waiting', changesThatWait(moved[direction].waiting), direction);
			this.#waiting[direction] = moved[direction].waiting;
		}
		this.#isUnfinished = isUnfinished;
		const hasExcluded = directions.some((direction) => this.#waiting[direction].size > 0);
		this.#needsNewSessions = this.#rights.needsNewSessions(
			hasExcluded || waitsForRight(prepared.tables) || prepared.failing.length > 0,
		);
		return moved;
	}

	async #refuseStatementLogs(connections: Connections): Promise<void> {
		// The lease opens its own sessions, which use the current format of the server.
		if (!this.#context.lease.isHeld)
			await refuseStatementLog(sides.map((side) => connections[side]));
		for (const side of sides)
			if (connections[side].server.isStatementLog) throw statementLogError(side);
	}

	#prepared(prepared: Prepared): void {
		const { report } = this.#context;
		this.#known = prepared.known;
		this.#latest = prepared;
		this.#reportRestored(prepared.restored);
		report('installed', prepared.installed);
		report('uncaptured', prepared.uncaptured);
		report('skipped', prepared.skipped);
		report('missing', prepared.missing);
	}

	async #tryDefiners(connections: Connections, { tables, surveys }: Prepared): Promise<void> {
		if (Date.now() < this.#trialAt) return;
		this.#trialAt = Date.now() + trialPause;
		this.#tried = await tryDefiners(connections, this.#pair, tables, surveys);
		this.#context.report('tried', this.#tried);
	}
}

/** Sides reached through a connection that others could read or change. */
function exposedEnds(connections: Connections): Finding[] {
	return sides.flatMap((side) => {
		const { security } = connections[side];
		const words = describeSecurity(security);
		if (words === null || !isExposed(security)) return [];
		return [runFinding('line_exposed', { side }, { security: words })];
	});
}

/** Reports a backlog that did not fit into one batch. */
function backlogSplit(pair: PairConfig, { split, batches, unfinished }: DrainResult): Finding[] {
	if (!split) return [];
	if (unfinished) return [runFinding('backlog_unfinished', {}, {})];
	const limit = Math.max(pair.batchSize, pair.maxBatchSize);
	return [runFinding('backlog_split', {}, { limit, batches })];
}

/** Reports tables that were excluded on the way. */
function changesThatWait(waiting: DrainResult['waiting']): Finding[] {
	return [...waiting].map(([table, reason]) =>
		runFinding('changes_wait', { side: reason.side, table }, { reason }, reason.cures),
	);
}

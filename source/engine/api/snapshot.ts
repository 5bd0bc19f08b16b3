/**
 * What the engine says of itself: plain values, the same for the screen, for `status --json` and
 * for the log. `null` always means "not known".
 */

import type { TriggerState } from '../../capture/triggers.ts';
import type { Direction, Side } from '../../config/types.ts';
import type { LineSecurity } from '../../database/connection/line.ts';
import type { Finding } from '../../text/finding.ts';
import type { ChangesPage, PartialListing } from './listing.ts';
import type { RowInspection, RowQuery } from './row-comparison.ts';

export type PairState = 'idle' | 'running' | 'paused' | 'standby' | 'offline' | 'blocked';

export type { TriggerState };

export interface EndSnapshot {
	node_id: string;
	/** `null` until the first attempt to reach it has ended. */
	reachable: boolean | null;
	/** Product and version, such as `MariaDB 10.11.19`. */
	server: string | null;
	latency_ms: number | null;
	error: string | null;
}

export interface LastBatch {
	/** ISO 8601, UTC. */
	at: string;
	applied: number;
	milliseconds: number;
}

export interface DirectionSnapshot {
	pending: number | null;
	oldest_pending_seconds: number | null;
	/** Changes that the target refused and that are parked; `null` while the source cannot be asked. */
	errors: number | null;
	last_batch: LastBatch | null;
}

/** What an end's change log holds, and for whom. */
export interface LogSnapshot {
	/** Changes in it at most: rolled back ones leave gaps that are counted. */
	changes: number;
	/** When the oldest was made: ISO 8601, UTC; `null` in an empty log. */
	since: string | null;
	/** The nodes whose changes are kept until they have them. */
	nodes: LogNode[];
}

/** A node that a change log is kept for. */
export interface LogNode {
	node_id: string;
	/** When it last came for its changes: ISO 8601, UTC; `null` where the log alone tells of it. */
	seen_at: string | null;
	/**
	 * Changes that it lacks, counted up to `countedWaiting`; `null` for the pair's own other node, for
	 * which they are counted by direction.
	 */
	waiting: number | null;
}

export interface TableSnapshot {
	name: string;
	primary_key: string[];
	skipped_reason: string | null;
	triggers: Record<Side, TriggerState>;
	pending: Record<Direction, number | null>;
}

export interface PairSnapshot {
	name: string;
	state: PairState;
	local: EndSnapshot;
	cloud: EndSnapshot;
	directions: Record<Direction, DirectionSnapshot>;
	/** Undecided conflicts; `null` while an end cannot be asked. */
	conflicts: number | null;
	tables: TableSnapshot[];
}

export interface StatusDocument {
	node_id: string;
	pairs: PairSnapshot[];
}

/** One change of the log as the screen lists it. */
export interface PendingChange {
	id: string;
	table: string;
	operation: string;
	/** The key as a person reads it, such as `id=42`. */
	key: string;
	/** The key as the log has it, to ask for the row by. */
	row_key: string | null;
	source_node: string;
	/** ISO 8601, UTC; `null` where the log has no time for it. */
	changed_at: string | null;
}

/**
 * A table's triggers on one side by what they note; `cascades` is what foreign keys do to other rows,
 * and null where they do nothing.
 */
export interface EventTriggers {
	INSERT: TriggerState;
	UPDATE: TriggerState;
	DELETE: TriggerState;
	cascades: TriggerState | null;
}

/** One batch that this engine has moved. */
export interface MovedBatch extends LastBatch {
	/** Rows that had changed on both sides. */
	conflicts: number;
	/** Rows that the target refused. */
	refused: number;
}

/** What happened in a direction during some seconds. */
export interface TrendSample {
	/** Epoch milliseconds at which they began. */
	at: number;
	/** Pending changes when they were last counted; `null` where they could not be. */
	pending: number | null;
	/** Changes that this engine moved. */
	applied: number;
}

/** A conflict on record, without its two versions: `inspect` reads those. */
export interface ListedConflict {
	id: string;
	table: string;
	key: string;
	row_key: string;
	/** Whose version stayed, or is to stay; `null` while undecided. */
	kept: Side | null;
	/** Whether it waits for a decision, or for the run that carries the decision out. */
	open: boolean;
	/** Whether it is two rows that want one value of a UNIQUE key: deciding deletes one of them. */
	clash: boolean;
	/** ISO 8601, UTC. */
	detected_at: string;
}

/** One parked change, as `errors --json` prints it. */
export interface ParkedChange {
	/** Tells the side whose change it is: `L12`, `C3`. */
	id: string;
	direction: Direction;
	table: string;
	key: string;
	operation: string;
	message: string;
	/** The server's error number, or this program's word where no server refused it. */
	code: number | string;
	attempts: number;
	/** ISO 8601, UTC. */
	first_at: string;
	last_at: string;
	next_at: string;
}

/** A parked change as the screen lists it. */
export interface ListedParked extends ParkedChange {
	/** `null` where the log has none. */
	row_key: string | null;
}

/** The latest change of a table that one of the logs has. */
export interface LastChange {
	/** Whose log has it. */
	side: Side;
	operation: string;
	source_node: string;
	/** ISO 8601, UTC. */
	changed_at: string;
}

/** What the screen shows of a pair beyond what `status` prints. */
export interface LivePair extends PairSnapshot {
	/** `host:port/database` or `socket/database` of each end, without secrets. */
	address: Record<Side, string>;
	/** How the latest connection to each end is protected; `null` before there was one. */
	security: Record<Side, LineSecurity | null>;
	read_only: boolean;
	/** Changes that this engine has moved since it started. */
	moved: Record<Direction, number>;
	/** Epoch milliseconds of the next scheduled run; `null` while paused or running. */
	next_run_at: number | null;
	/** Epoch milliseconds at which the pending counts were last read; `null` before the first time. */
	looked_at: number | null;
	/** Milliseconds between two scheduled runs. */
	interval: number;
	/** Which engine holds the pair; `null` where none does, `undefined` while that is unknown. */
	holder: PairHolder | null | undefined;
	/** Whether it is this engine that holds the pair. */
	held_here: boolean;
	/** Changes a second that this engine moves at present; `null` where another one does it. */
	rate: Record<Direction, number | null>;
	/** The last minutes, oldest first, in steps of `trendStep`, at most `trendSamples` of them. */
	trend: Record<Direction, TrendSample[]>;
	/** The last batches that this engine has moved, newest first, at most `listedBatches`. */
	batches: Record<Direction, MovedBatch[]>;
	/** The change logs; `null` while an end cannot be asked. */
	logs: Record<Side, LogSnapshot | null>;
	/** Findings about tables whose rows are synced in at least one direction, by table. */
	notes: Record<string, Finding[]>;
	/** Why tables are skipped, by table: as data what their `skipped_reason` says. */
	skipped: Record<string, Finding>;
	/** What keeps the pair from running, in words for a person; `null` when nothing does. */
	problem: string | null;
	/** The same as data, where it is known. */
	problem_finding: Finding | null;
	/** The triggers of each side one by one, by table; `null` for a side that could not be looked at. */
	event_triggers: Record<string, Record<Side, EventTriggers | null>>;
	/**
	 * The pending changes of the page that was asked for, up to `listedChanges`, oldest first. This and
	 * what follows is read while a screen watches the pair.
	 */
	changes: Record<Direction, PendingChange[]>;
	/** Where these stand among all that is pending. */
	pages: Record<Direction, ChangesPage>;
	/** Open conflicts first, each kind newest first, up to `listedRecords` a side; `null` before they were read. */
	conflict_list: ListedConflict[] | null;
	/** Parked changes, oldest first, up to `listedRecords` a direction; `null` before they were read. */
	parked_list: ListedParked[] | null;
	/** By table, as far back as the latest changes of the logs tell. */
	last_changes: Record<string, LastChange>;
}

/** How many changes that wait for a node of another pair are counted: so many means as many or more. */
export const countedWaiting = 10_000;

/** How many conflicts per side, and parked changes per direction, a watched pair lists. */
export const listedRecords = 200;

/** How many batches per direction are remembered. */
export const listedBatches = 20;

/** Milliseconds of one step of a trend, and how many steps are remembered. */
export const trendStep = 5000;
export const trendSamples = 60;

/** Milliseconds that a stop waits for the batches in hand. */
export const longestStop = 20_000;

/** The engine that holds a pair. */
export interface PairHolder {
	/** Person, host and process, in words. */
	name: string;
	/** The process alone, for who knows the host. */
	process: number;
	/** ISO 8601, UTC. */
	since: string;
}

export interface EngineSnapshot {
	node_id: string;
	pairs: LivePair[];
}

export type NoticeLevel = 'info' | 'warning' | 'error';

/** One thing the engine did or met, as the log of `run` and the screen's message line show it. */
export interface Notice {
	/** Epoch milliseconds. */
	at: number;
	level: NoticeLevel;
	pair: string;
	direction?: Direction;
	side?: Side;
	table?: string;
	message: string;
	/** The same as data, where more is known than the words. */
	finding?: Finding;
	/** What a batch came to in SQL, such as `9 upserts, 2 deletes`, for a log that has room for it. */
	detail?: string;
}

/** What a screen can ask of the engine. A rejected promise carries a SyncError that says why not. */
export interface EngineRequests {
	/**
	 * Runs the given directions now, also while paused. Resolves to what came of it, in words, when that
	 * run has ended.
	 * @param once one batch per direction and no more; only the engine that holds the pair does that
	 */
	force(pair: string, directions: readonly Direction[], once?: boolean): Promise<string>;
	/** Stops scheduled runs of a pair after the batch in hand. The snapshot tells so from the call on. */
	pause(pair: string): Promise<void>;
	resume(pair: string): Promise<void>;
	/** Installs triggers on both sides; on one table, or on all. Resolves to what was done, in words. */
	install(pair: string, table?: string): Promise<string>;
	uninstall(pair: string, table?: string): Promise<string>;
	/** Removes all that is this program's from both databases, and pauses the pair. */
	dropLog(pair: string): Promise<string>;
	/** No longer keeps changes for a node that is gone for good. Resolves to what was done, in words. */
	forget(pair: string, node: string): Promise<string>;
	/**
	 * Tries parked changes now: one by its id, or all. Resolves to what came of it, in words, once
	 * that run has ended.
	 */
	retry(pair: string, id?: string): Promise<string>;
	/** Decides a conflict, and carries that out. Resolves to what came of it, in words. */
	resolve(pair: string, id: string, keep: Side): Promise<string>;
	/** Reads a row from both sides. Changes nothing, and waits for no run. */
	inspect(pair: string, query: RowQuery): Promise<RowInspection>;
	/** Names the pair whose pending changes are to be listed, or none; and which of them. */
	watch(pair: string | null, listing?: PartialListing): void;
}

/** The engine as the screen sees it: snapshots out, requests in. */
export interface EngineView extends EngineRequests {
	snapshot(): EngineSnapshot;
	/** Calls back after every change of the snapshot; returns the way to stop that. */
	subscribe(listener: () => void): () => void;
	/** Calls back with the latest notices and then every new one; returns the way to stop that. */
	onNotice(listener: (notice: Notice) => void): () => void;
}

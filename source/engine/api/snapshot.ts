/**
 * The state of the engine: plain values, the same for the screen, for `status --json` and for the log. `null`
 * always means "not known".
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
	/** `null` until the first connection attempt has ended. */
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
	/** Parked changes, which the target refused; `null` while the source cannot be reached. */
	errors: number | null;
	last_batch: LastBatch | null;
}

/** The size of a change log, and the nodes that it is retained for. */
export interface LogSnapshot {
	/** Upper bound of the number of changes: gaps of rolled-back ones are counted. */
	changes: number;
	/** Time of the oldest change: ISO 8601, UTC; `null` in an empty log. */
	since: string | null;
	/** The nodes that the log is retained for. */
	nodes: LogNode[];
}

/** A node that a change log is retained for. */
export interface LogNode {
	node_id: string;
	/** When it last fetched changes: ISO 8601, UTC; `null` if it is known only from the log. */
	seen_at: string | null;
	/**
	 * Changes that it lacks, counted up to `countedWaiting`; `null` for the other node of the pair, for which
	 * they are counted by direction.
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
	/** Unresolved conflicts; `null` while a side cannot be reached. */
	conflicts: number | null;
	tables: TableSnapshot[];
}

export interface StatusDocument {
	node_id: string;
	pairs: PairSnapshot[];
}

/** One change of the log as listed on the screen. */
export interface PendingChange {
	id: string;
	table: string;
	operation: string;
	/** The display key, such as `id=42`. */
	key: string;
	/** The row key, to request the row by. */
	row_key: string | null;
	source_node: string;
	/** ISO 8601, UTC; `null` if the log has no time for it. */
	changed_at: string | null;
}

/**
 * A table's triggers on one side by the event that they capture. `cascades` covers the effects of foreign
 * keys on other rows; it is null if there are none.
 */
export interface EventTriggers {
	INSERT: TriggerState;
	UPDATE: TriggerState;
	DELETE: TriggerState;
	cascades: TriggerState | null;
}

/** One batch moved by this engine. */
export interface MovedBatch extends LastBatch {
	/** Rows in conflict. */
	conflicts: number;
	/** Rows that the target refused. */
	refused: number;
}

/** The activity of a direction during some seconds. */
export interface TrendSample {
	/** Epoch milliseconds of the start. */
	at: number;
	/** Pending changes at the last count; `null` if they could not be counted. */
	pending: number | null;
	/** Changes moved by this engine. */
	applied: number;
}

/** A recorded conflict, without its two versions: `inspect` reads those. */
export interface ListedConflict {
	id: string;
	table: string;
	key: string;
	row_key: string;
	/** The winner; `null` while unresolved. */
	kept: Side | null;
	/** True while it is unresolved, or resolved and not applied yet. */
	open: boolean;
	/** True for two rows with the same value of a UNIQUE key: resolving it deletes one of them. */
	clash: boolean;
	/** ISO 8601, UTC. */
	detected_at: string;
}

/** One parked change, as `errors --json` prints it. */
export interface ParkedChange {
	/** The side of the change, and its number there: `L12`, `C3`. */
	id: string;
	direction: Direction;
	table: string;
	key: string;
	operation: string;
	message: string;
	/** The server's error number, or this program's error code if no server refused it. */
	code: number | string;
	attempts: number;
	/** ISO 8601, UTC. */
	first_at: string;
	last_at: string;
	next_at: string;
}

/** A parked change as listed on the screen. */
export interface ListedParked extends ParkedChange {
	/** `null` if the log has none. */
	row_key: string | null;
}

/** The latest change of a table in either log. */
export interface LastChange {
	/** The side of the log. */
	side: Side;
	operation: string;
	source_node: string;
	/** ISO 8601, UTC. */
	changed_at: string;
}

/** A pair as shown on the screen: more than `status` prints. */
export interface LivePair extends PairSnapshot {
	/** Address of each side without secrets: `host:port/database` or `socket/database`. */
	address: Record<Side, string>;
	/** Protection of the latest connection to each side; `null` before the first connection. */
	security: Record<Side, LineSecurity | null>;
	read_only: boolean;
	/** Changes moved by this engine since it started. */
	moved: Record<Direction, number>;
	/** Epoch milliseconds of the next scheduled run; `null` while paused or running. */
	next_run_at: number | null;
	/** Epoch milliseconds of the last count of pending changes; `null` before the first. */
	looked_at: number | null;
	/** Milliseconds between two scheduled runs. */
	interval: number;
	/** The holder of the pair; `null` if there is none, `undefined` while unknown. */
	holder: PairHolder | null | undefined;
	/** True if this engine holds the pair. */
	held_here: boolean;
	/** Changes per second moved by this engine at present; `null` if another engine moves them. */
	rate: Record<Direction, number | null>;
	/** The last minutes, oldest first, in steps of `trendStep`, at most `trendSamples` of them. */
	trend: Record<Direction, TrendSample[]>;
	/** The last batches moved by this engine, newest first, at most `listedBatches`. */
	batches: Record<Direction, MovedBatch[]>;
	/** The change logs; `null` while a side cannot be reached. */
	logs: Record<Side, LogSnapshot | null>;
	/** Findings about tables whose rows are synced in at least one direction, by table. */
	notes: Record<string, Finding[]>;
	/** Why tables are skipped, by table: as data what their `skipped_reason` says. */
	skipped: Record<string, Finding>;
	/** The problem that keeps the pair from running, in words; `null` if there is none. */
	problem: string | null;
	/** The same as data, where it is known. */
	problem_finding: Finding | null;
	/** The individual triggers of each side, by table; `null` for a side that could not be read. */
	event_triggers: Record<string, Record<Side, EventTriggers | null>>;
	/**
	 * The pending changes of the requested page, up to `listedChanges`, oldest first. This and all that
	 * follows is read only while a screen watches the pair.
	 */
	changes: Record<Direction, PendingChange[]>;
	/** The position of these among all pending changes. */
	pages: Record<Direction, ChangesPage>;
	/**
	 * Unsettled conflicts first, each kind newest first, up to `listedRecords` per side; `null` before the
	 * first read.
	 */
	conflict_list: ListedConflict[] | null;
	/** Parked changes, oldest first, up to `listedRecords` per direction; `null` before the first read. */
	parked_list: ListedParked[] | null;
	/** The last change of each table, as far back as the latest changes of the logs show. */
	last_changes: Record<string, LastChange>;
}

/** Limit of the count of changes pending for a node of another pair: this number means "as many or more". */
export const countedWaiting = 10_000;

/** Most conflicts per side, and parked changes per direction, listed for a watched pair. */
export const listedRecords = 200;

/** Number of latest batches kept per direction. */
export const listedBatches = 20;

/** Duration of one step of a trend in milliseconds, and the number of steps kept. */
export const trendStep = 5000;
export const trendSamples = 60;

/** Milliseconds that a stop waits for current batches. */
export const longestStop = 20_000;

/** The engine that holds a pair. */
export interface PairHolder {
	/** For display: `root@vm, pid 4893`. */
	name: string;
	/** The process id alone. */
	process: number;
	/** ISO 8601, UTC. */
	since: string;
}

export interface EngineSnapshot {
	node_id: string;
	pairs: LivePair[];
}

export type NoticeLevel = 'info' | 'warning' | 'error';

/** One event of the engine, for the log of `run` and the message line of the screen. */
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
	/** The statements of a batch, such as `9 upserts, 2 deletes`, for a log with room for it. */
	detail?: string;
}

/** The requests of a screen to the engine. A rejected promise carries a SyncError with the reason. */
export interface EngineRequests {
	/**
	 * Runs the given directions now, even while paused. Resolves to the result in words when the run has
	 * ended.
	 * @param once at most one batch per direction; only the engine that holds the pair does that
	 */
	force(pair: string, directions: readonly Direction[], once?: boolean): Promise<string>;
	/** Stops scheduled runs of a pair after the current batch. The snapshot shows it from the call on. */
	pause(pair: string): Promise<void>;
	resume(pair: string): Promise<void>;
	/** Installs triggers on both sides; on one table, or on all. Resolves to the result in words. */
	install(pair: string, table?: string): Promise<string>;
	uninstall(pair: string, table?: string): Promise<string>;
	/** Removes all tables and triggers of this program from both databases, and pauses the pair. */
	dropLog(pair: string): Promise<string>;
	/** Stops retaining changes for a node that is gone for good. Resolves to the result in words. */
	forget(pair: string, node: string): Promise<string>;
	/**
	 * Retries parked changes now: one by its id, or all. Resolves to the result in words when the run has
	 * ended.
	 */
	retry(pair: string, id?: string): Promise<string>;
	/** Resolves a conflict, and applies the winner. Resolves to the result in words. */
	resolve(pair: string, id: string, keep: Side): Promise<string>;
	/** Reads a row from both sides. Changes nothing, and does not wait for a run. */
	inspect(pair: string, query: RowQuery): Promise<RowInspection>;
	/** Selects the pair whose pending changes are listed, or none; and the listed part. */
	watch(pair: string | null, listing?: PartialListing): void;
}

/** The engine as the screen sees it: snapshots out, requests in. */
export interface EngineView extends EngineRequests {
	snapshot(): EngineSnapshot;
	/**
	 * Calls back after every change of the snapshot.
	 * @returns a function that unsubscribes
	 */
	subscribe(listener: () => void): () => void;
	/**
	 * Calls back with the latest notices and then every new one.
	 * @returns a function that unsubscribes
	 */
	onNotice(listener: (notice: Notice) => void): () => void;
}

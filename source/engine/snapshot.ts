/**
 * What the engine says of itself: plain values, the same for the screen, for `status --json` and
 * for the log. `null` always means "not known".
 */

import type { Direction, Side } from '../config/types.ts';

export type PairState = 'idle' | 'running' | 'paused' | 'standby' | 'offline' | 'blocked';

export type TriggerState = 'installed' | 'missing' | 'stale' | 'skipped' | 'unknown';

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
	/** The nodes whose changes are kept until they have them; `seen_at` is `null` where the log alone tells. */
	nodes: { node_id: string; seen_at: string | null }[];
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
	source_node: string;
	/** ISO 8601, UTC; `null` where the log has no time for it. */
	changed_at: string | null;
}

/** What the screen shows of a pair beyond what `status` prints. */
export interface LivePair extends PairSnapshot {
	/** `host:port/database` or `socket/database` of each end, without secrets. */
	address: Record<Side, string>;
	read_only: boolean;
	/** Changes that this engine has moved since it started. */
	moved: Record<Direction, number>;
	/** Epoch milliseconds of the next scheduled run; `null` while paused or running. */
	next_run_at: number | null;
	/** Epoch milliseconds at which the pending counts were last read; `null` before the first time. */
	looked_at: number | null;
	/** Which engine holds the pair, in words; `null` where none does, `undefined` while that is unknown. */
	holder: string | null | undefined;
	/** The change logs; `null` while an end cannot be asked. */
	logs: Record<Side, LogSnapshot | null>;
	/** What is to be said of tables whose rows are carried over, at least one way, by table. */
	notes: Record<string, string[]>;
	/** What keeps the pair from running, in words for a person; `null` when nothing does. */
	problem: string | null;
	/** The oldest pending changes, up to `listedChanges`. Filled while a screen watches the pair. */
	changes: Record<Direction, PendingChange[]>;
}

/** How many pending changes per direction a watched pair lists. */
export const listedChanges = 200;

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
}

/** What a screen can ask of the engine. A rejected promise carries a SyncError that says why not. */
export interface EngineRequests {
	/** Runs the given directions now, also while paused. Resolves when that run has ended. */
	force(pair: string, directions: readonly Direction[]): Promise<void>;
	/** Stops scheduled runs of a pair after the batch in hand. */
	pause(pair: string): void;
	resume(pair: string): void;
	/** Installs triggers on both sides; on one table, or on all. Resolves to what was done, in words. */
	install(pair: string, table?: string): Promise<string>;
	uninstall(pair: string, table?: string): Promise<string>;
	/** Names the pair whose pending changes are to be listed, or none. */
	watch(pair: string | null): void;
}

/** The engine as the screen sees it: snapshots out, requests in. */
export interface EngineView extends EngineRequests {
	snapshot(): EngineSnapshot;
	/** Calls back after every change of the snapshot; returns the way to stop that. */
	subscribe(listener: () => void): () => void;
	/** Calls back with the latest notices and then every new one; returns the way to stop that. */
	onNotice(listener: (notice: Notice) => void): () => void;
}

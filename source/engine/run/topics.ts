/** The topics that a run reports besides its batches. The engine logs them, `sync` prints them. */
import type { Direction } from '../../config/types.ts';
import type { Tellable } from '../api/messages.ts';
import type { NoticeLevel } from '../api/snapshot.ts';

interface Topic {
	level: NoticeLevel;
	/** When an engine logs it: every time, if it was not true of the previous run, or once. */
	logged: 'always' | 'when new' | 'once';
	/**
	 * When `sync` prints it: at once, or at the end as something that needs attention (exit code 1). What is
	 * 'in its result' `sync` prints from the result: a later pass may have fixed it.
	 */
	printed: 'at once' | 'at the end' | 'in its result';
}

/** All topics of a run. */
export const topics = {
	/** Nodes of a cluster that are not used. */
	nodes: { level: 'warning', logged: 'when new', printed: 'at once' },
	/** Sides reached through an insecure connection. */
	exposed: { level: 'warning', logged: 'when new', printed: 'at once' },
	/** Own tables that were dropped and recreated. */
	restored: { level: 'info', logged: 'always', printed: 'at once' },
	/** What was lost with them. */
	lost: { level: 'warning', logged: 'always', printed: 'at the end' },
	installed: { level: 'info', logged: 'always', printed: 'at once' },
	/** Tables whose changes may have gone uncaptured while triggers were replaced. */
	uncaptured: { level: 'warning', logged: 'always', printed: 'at once' },
	/** Tables that are skipped, completely or in part. */
	skipped: { level: 'info', logged: 'when new', printed: 'at once' },
	/** Missing triggers, and orphaned changes. */
	missing: { level: 'warning', logged: 'when new', printed: 'at the end' },
	/** Writes of the application that fail, as found by a trial of the triggers. */
	tried: { level: 'error', logged: 'when new', printed: 'in its result' },
	/** Existing rows that were queued for the other side. */
	filled: { level: 'info', logged: 'always', printed: 'at once' },
	/** Existing rows that could not be queued. */
	unfilled: { level: 'warning', logged: 'when new', printed: 'at the end' },
	/** Rows that the target refused in one pass. */
	refused: { level: 'error', logged: 'always', printed: 'in its result' },
	/** Rows that were deleted or added without firing a trigger. */
	vanished: { level: 'warning', logged: 'when new', printed: 'at the end' },
	/** Notes on the rows that were moved. */
	notes: { level: 'warning', logged: 'once', printed: 'at once' },
	/** A backlog that took more than one batch. */
	split: { level: 'info', logged: 'always', printed: 'at once' },
	/** Tables that the run had to exclude on the way. */
	waiting: { level: 'warning', logged: 'when new', printed: 'at the end' },
} as const satisfies Record<string, Topic>;

export type TopicName = keyof typeof topics;

/** Receives all current messages of a topic; of one direction if that is given. */
export type Report = (topic: TopicName, found: readonly Tellable[], direction?: Direction) => void;

/** What a run reports besides its batches. The engine logs it, `sync` prints it. */
import type { Direction } from '../../config/types.ts';
import type { Tellable } from '../api/messages.ts';
import type { NoticeLevel } from '../api/snapshot.ts';

interface Topic {
	level: NoticeLevel;
	/**
	 * When an engine that runs again and again logs it: each time, when it was not true of the run
	 * before, or once.
	 */
	logged: 'always' | 'when new' | 'once';
	/**
	 * When `sync` prints it: at once, or at the end as what needs a person (exit code 1). What is
	 * 'in its result' `sync` prints as that result has it: a later pass may have put it right.
	 */
	printed: 'at once' | 'at the end' | 'in its result';
}

/** Every topic that a run reports on. */
export const topics = {
	/** Nodes of a cluster that are not used. */
	nodes: { level: 'warning', logged: 'when new', printed: 'at once' },
	/** Ends that are reached over an insecure line. */
	exposed: { level: 'warning', logged: 'when new', printed: 'at once' },
	/** Own tables that somebody had dropped and that were created again. */
	restored: { level: 'info', logged: 'always', printed: 'at once' },
	/** What was lost with them. */
	lost: { level: 'warning', logged: 'always', printed: 'at the end' },
	installed: { level: 'info', logged: 'always', printed: 'at once' },
	/** Where changes may have gone uncaptured between the old triggers and the new ones. */
	uncaptured: { level: 'warning', logged: 'always', printed: 'at once' },
	/** Tables that are skipped, in whole or in part. */
	skipped: { level: 'info', logged: 'when new', printed: 'at once' },
	/** Triggers that are missing, and changes that have no table any more. */
	missing: { level: 'warning', logged: 'when new', printed: 'at the end' },
	/** Writes of the application that fail, as a trial of the triggers told. */
	tried: { level: 'error', logged: 'when new', printed: 'in its result' },
	/** Existing rows that were queued for the other side. */
	filled: { level: 'info', logged: 'always', printed: 'at once' },
	/** Existing rows that could not be. */
	unfilled: { level: 'warning', logged: 'when new', printed: 'at the end' },
	/** Rows that the target refused in one pass. */
	refused: { level: 'error', logged: 'always', printed: 'in its result' },
	/** Rows that were deleted or added without firing a trigger. */
	vanished: { level: 'warning', logged: 'when new', printed: 'at the end' },
	/** What a person should know of the rows that were moved. */
	notes: { level: 'warning', logged: 'once', printed: 'at once' },
	/** A backlog that took more than one batch. */
	split: { level: 'info', logged: 'always', printed: 'at once' },
	/** Tables that the run had to leave out on the way. */
	waiting: { level: 'warning', logged: 'when new', printed: 'at the end' },
} as const satisfies Record<string, Topic>;

export type TopicName = keyof typeof topics;

/** Takes all that is true of a topic now; of one direction where that is named. */
export type Report = (topic: TopicName, found: readonly Tellable[], direction?: Direction) => void;

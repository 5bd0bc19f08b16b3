/**
 * The only error type of the program. It is thrown where a problem is found and printed only at the edge (a
 * command or the screen), so that every message says what happened, where, and what to do next.
 */

import { cureText } from './text/cures.ts';
import { type Finding, type Messages, wordsOf } from './text/finding.ts';
import { visible } from './text/visible.ts';
import { sentences } from './text/words.ts';

export type ErrorCode =
	/** The command line or the configuration is invalid; nothing was changed. */
	| 'usage'
	| 'config'
	/** A server could not be reached, or the connection to it was lost. */
	| 'unreachable'
	/** The server denied something for lack of rights. */
	| 'denied'
	/** There is a table named change_log that does not belong to this program. */
	| 'foreign_change_log'
	/** The change log or the triggers that the request needs are missing. */
	| 'not_installed'
	/** A lock or a temporary shortage of resources prevented it; a retry may succeed. */
	| 'busy'
	/** The target refuses a row (constraint, type, size). */
	| 'refused'
	/** A table was altered during the run. */
	| 'drifted'
	/** Another engine holds the pair. */
	| 'held'
	/** This machine lacks something that the request needs. */
	| 'environment'
	/** A bug in this program. */
	| 'internal';

/** The place of an error; any part may be unknown. */
export interface Place {
	pair?: string | undefined;
	side?: 'local' | 'cloud' | undefined;
	table?: string | undefined;
	/** Display key of the row, such as `id=42`. */
	key?: string | undefined;
}

export interface SyncErrorOptions extends Place {
	/** The next step, as one sentence. */
	hint?: string | undefined;
	/** The finding as data; its cures are part of the hint. */
	finding?: Finding | undefined;
	/** Further lines below the message, such as other problems of a file. */
	details?: readonly string[] | undefined;
	/** The server's error number, if the error came from a server. */
	errno?: number | undefined;
	cause?: unknown;
}

export class SyncError extends Error {
	override readonly name = 'SyncError';
	readonly code: ErrorCode;
	readonly place: Place;
	/** The next step: in words, and the cures of the finding. */
	readonly hint: string | undefined;
	/** The finding as data; null if the message is all that is known. */
	readonly finding: Finding | null;
	readonly details: readonly string[];
	readonly errno: number | undefined;
	/** The hint without the cures. */
	readonly advice: string | undefined;

	constructor(code: ErrorCode, message: string, options: SyncErrorOptions = {}) {
		super(message, options.cause === undefined ? undefined : { cause: options.cause });
		this.code = code;
		this.advice = options.hint;
		this.finding = options.finding ?? null;
		const cures = cureText(this.finding?.cures ?? []);
		this.hint = sentences(options.hint, cures) || undefined;
		this.details = options.details ?? [];
		this.errno = options.errno;
		const { pair, side, table, key } = options;
		this.place = { pair, side, table, key };
	}

	/** The same error, with unknown parts of its place filled in. */
	at(place: Place): SyncError {
		return new SyncError(this.code, this.message, {
			...this.asPlain(),
			pair: this.place.pair ?? place.pair,
			side: this.place.side ?? place.side,
			table: this.place.table ?? place.table,
			key: this.place.key ?? place.key,
			details: this.details,
			cause: this.cause,
		});
	}

	/** Plain values that make the same error again but for its cause, which may hold anything. */
	asPlain(): Pick<SyncErrorOptions, 'hint' | 'finding' | 'errno'> & Place {
		const finding = this.finding ?? undefined;
		return { ...this.place, hint: this.advice, finding, errno: this.errno };
	}

	/**
	 * Lines for display: place, message, next step. Texts may come from servers and files, so control
	 * characters are made visible, and none adds a line.
	 */
	lines(): string[] {
		const { pair, side, table, key } = this.place;
		const where = [
			pair && `pair ${pair}`,
			side,
			table && `table ${table}`,
			key && `row ${key}`,
		].filter(Boolean);
		const head = where.length > 0 ? `${where.join(', ')}: ${this.message}` : this.message;
		const hint = this.hint ? [`  ${this.hint}`] : [];
		return [head, ...this.details, ...hint].map(visible);
	}

	/** The same lines as one text. */
	describe(): string {
		return this.lines().join('\n');
	}
}

/** The error that says what was found. */
export function errorOfFinding(
	code: ErrorCode,
	messages: Messages,
	finding: Finding,
	options: Omit<SyncErrorOptions, 'finding' | 'hint'> = {},
): SyncError {
	const { what, advice } = wordsOf(messages, finding);
	const side = finding.side ?? undefined;
	return new SyncError(code, what, { side, ...options, hint: advice || undefined, finding });
}

/** Converts anything thrown into a SyncError; other errors become `internal`. */
export function asSyncError(error: unknown): SyncError {
	if (error instanceof SyncError) return error;
	const message = error instanceof Error ? error.message : String(error);
	const hint = 'This is a bug; no change is lost. Restart; if it recurs, report this message.';
	return new SyncError('internal', message, { hint, cause: error });
}

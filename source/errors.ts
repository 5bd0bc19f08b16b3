/**
 * The one error type of the program. It is raised where something is found to be wrong and printed
 * only at the edge (a command or the screen), so that every message says what happened, where, and
 * what to do next.
 */

import { cureText } from './text/cures.ts';
import { type Finding, type Messages, wordsOf } from './text/finding.ts';
import { visible } from './text/visible.ts';
import { sentences } from './text/words.ts';

export type ErrorCode =
	/** The command line or the configuration is wrong: nothing was touched. */
	| 'usage'
	| 'config'
	/** A server could not be reached, or the connection to it was lost. */
	| 'unreachable'
	/** The server refuses something for lack of rights. */
	| 'denied'
	/** A table named change_log exists that is not this program's. */
	| 'foreign_change_log'
	/** The change log or the triggers that the request needs are not there. */
	| 'not_installed'
	/** A lock or a temporary shortage stood in the way: worth another try. */
	| 'busy'
	/** The target refuses a row (constraint, type, size). */
	| 'refused'
	/** A table is no longer what it was when the run began. */
	| 'drifted'
	/** The pair is held by another engine. */
	| 'held'
	/** Something is missing on this machine that the request needs. */
	| 'environment'
	/** A fault of this program. */
	| 'internal';

/** Where something happened: any part of it may be unknown. */
export interface Place {
	pair?: string | undefined;
	side?: 'local' | 'cloud' | undefined;
	table?: string | undefined;
	/** A row's key as a person reads it, such as `id=42`. */
	key?: string | undefined;
}

export interface SyncErrorOptions extends Place {
	/** What to do next, as one sentence. */
	hint?: string | undefined;
	/** What was found, as data; its cures are part of the hint. */
	finding?: Finding | undefined;
	/** Further lines below the message, such as the other problems of a file. */
	details?: readonly string[] | undefined;
	/** The server's error number, where a server said it. */
	errno?: number | undefined;
	cause?: unknown;
}

export class SyncError extends Error {
	override readonly name = 'SyncError';
	readonly code: ErrorCode;
	readonly place: Place;
	/** What to do next: in words, and by the cures of the finding. */
	readonly hint: string | undefined;
	/** What was found, as data; null where no more is known than the words. */
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

	/** The same error, with the parts of its place that were unknown filled in. */
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
	 * Lines for a person: where, what, and what to do. Servers and files have a say in the texts, so
	 * that each is made visible: none adds a line.
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

	/** The same as one text. */
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

/** Turns anything that was thrown into a SyncError; what is not one becomes `internal`. */
export function asSyncError(error: unknown): SyncError {
	if (error instanceof SyncError) return error;
	const message = error instanceof Error ? error.message : String(error);
	const hint =
		'A fault of this program: no change is lost by it. Start it again; if it comes back, report this message.';
	return new SyncError('internal', message, { hint, cause: error });
}

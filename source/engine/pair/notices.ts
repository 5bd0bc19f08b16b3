import type { Direction, PairConfig } from '../../config/types.ts';
import { SyncError } from '../../errors.ts';
import type { Finding } from '../../text/finding.ts';
import { lineOf } from '../api/messages.ts';
import type { Notice, NoticeLevel } from '../api/snapshot.ts';

/** What there is to tell: a finding, or an error of which no more is known than its words. */
export type Tellable = Finding | SyncError;

/** Tells what a pair's engine does and meets; what stays true from run to run is told once. */
export class Teller {
	readonly #pair: PairConfig;
	readonly #notify: (notice: Notice) => void;
	readonly #standing = new Map<string, ReadonlySet<string>>();

	constructor(pair: PairConfig, notify: (notice: Notice) => void) {
		this.#pair = pair;
		this.#notify = notify;
	}

	tell(level: NoticeLevel, what: Tellable, direction?: Direction, detail = ''): void {
		const finding = what instanceof SyncError ? what.finding : what;
		this.#notify({
			at: Date.now(),
			level,
			pair: this.#pair.name,
			message: textOf(what),
			...(finding && { finding }),
			...(direction && { direction }),
			...(detail !== '' && { detail }),
		});
	}

	/** Tells what of this has come since the last time that the subject was told of. */
	tellNew(
		subject: string,
		level: NoticeLevel,
		found: readonly Tellable[],
		direction?: Direction,
	): void {
		const before = this.#standing.get(subject);
		for (const one of found) {
			if (!before?.has(textOf(one))) this.tell(level, one, direction);
		}
		this.#standing.set(subject, new Set(found.map(textOf)));
	}

	/** Tells what of this was never told before. */
	tellOnce(level: NoticeLevel, found: readonly Tellable[], direction?: Direction): void {
		const before = this.#standing.get('') ?? new Set();
		for (const one of found) {
			if (!before.has(textOf(one))) this.tell(level, one, direction);
		}
		this.#standing.set('', new Set([...before, ...found.map(textOf)]));
	}
}

function textOf(what: Tellable): string {
	return what instanceof SyncError ? what.describe() : lineOf(what);
}

import type { Direction, PairConfig } from '../../config/types.ts';
import type { Notice, NoticeLevel } from '../api/snapshot.ts';

/** Tells what a pair's engine does and meets; what stays true from run to run is told once. */
export class Teller {
	readonly #pair: PairConfig;
	readonly #notify: (notice: Notice) => void;
	readonly #standing = new Map<string, ReadonlySet<string>>();

	constructor(pair: PairConfig, notify: (notice: Notice) => void) {
		this.#pair = pair;
		this.#notify = notify;
	}

	tell(level: NoticeLevel, message: string, direction?: Direction, detail = ''): void {
		this.#notify({
			at: Date.now(),
			level,
			pair: this.#pair.name,
			message,
			...(direction && { direction }),
			...(detail !== '' && { detail }),
		});
	}

	/** Tells which of these messages have come since the last time that the subject was told of. */
	tellNew(
		subject: string,
		level: NoticeLevel,
		messages: readonly string[],
		direction?: Direction,
	): void {
		const before = this.#standing.get(subject);
		for (const message of messages) {
			if (!before?.has(message)) this.tell(level, message, direction);
		}
		this.#standing.set(subject, new Set(messages));
	}

	/** Tells which of these messages were never told before. */
	tellOnce(level: NoticeLevel, messages: readonly string[], direction?: Direction): void {
		const before = this.#standing.get('') ?? new Set();
		for (const message of messages) {
			if (!before.has(message)) this.tell(level, message, direction);
		}
		this.#standing.set('', new Set([...before, ...messages]));
	}
}

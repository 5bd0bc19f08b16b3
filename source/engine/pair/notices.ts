import type { Direction, PairConfig } from '../../config/types.ts';
import { took } from '../../text/duration.ts';
import { count, plural } from '../../text/words.ts';
import type { BatchResult } from '../../transfer/batch.ts';
import type { Notice, NoticeLevel } from '../api/snapshot.ts';
import { type TopicName, topics } from '../run/topics.ts';

/**
 * Reports what the engine of a pair does and meets; a condition that persists from run to run is reported
 * once.
 */
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

	tellBatch(direction: Direction, batch: BatchResult): void {
		const { applied, milliseconds, conflicts } = batch;
		const met = conflicts === 0 ? '' : `; ${plural(conflicts, 'conflict')}`;
		const message = `applied ${plural(applied, 'change')} in ${took(milliseconds)}${met}`;
		this.tell('info', message, direction, batchDetail(batch));
	}

	/** Reports a topic of a run. */
	report(topic: TopicName, messages: readonly string[], direction?: Direction): void {
		const { level, logged } = topics[topic];
		if (logged === 'once') this.tellOnce(level, messages, direction);
		else if (logged === 'when new')
			this.tellNew(`${topic} ${direction}`, level, messages, direction);
		else for (const message of messages) this.tell(level, message, direction);
	}

	/** Reports the messages that are new since the last report of the subject. */
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

	/** Reports the messages that were never reported before. */
	tellOnce(level: NoticeLevel, messages: readonly string[], direction?: Direction): void {
		const before = this.#standing.get('') ?? new Set();
		for (const message of messages) {
			if (!before.has(message)) this.tell(level, message, direction);
		}
		this.#standing.set('', new Set([...before, ...messages]));
	}
}

/** The statements of the batch: `9 upserts, 2 deletes`. */
function batchDetail({ upserts, deletes, refused }: BatchResult): string {
	return [
		...(upserts > 0 ? [plural(upserts, 'upsert')] : []),
		...(deletes > 0 ? [plural(deletes, 'delete')] : []),
		...(refused.length > 0 ? [`${count(refused.length)} refused`] : []),
	].join(', ');
}

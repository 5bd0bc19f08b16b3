import type { Direction, PairConfig } from '../../config/types.ts';
import { SyncError } from '../../errors.ts';
import { count, plural } from '../../text/words.ts';
import type { BatchResult } from '../../transfer/batch.ts';
import { type Tellable, tellableText } from '../api/messages.ts';
import { runFinding } from '../api/run-messages.ts';
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

	tell(level: NoticeLevel, what: Tellable, direction?: Direction, detail = ''): void {
		const finding = what instanceof SyncError ? what.finding : what;
		this.#notify({
			at: Date.now(),
			level,
			pair: this.#pair.name,
			message: tellableText(what),
			...(finding && { finding }),
			...(direction && { direction }),
			...(detail !== '' && { detail }),
		});
	}

	tellBatch(direction: Direction, batch: BatchResult): void {
		const { applied: changes, milliseconds, conflicts } = batch;
		const applied = runFinding('batch_applied', {}, { changes, milliseconds, conflicts });
		this.tell('info', applied, direction, batchDetail(batch));
	}

	/** Reports a topic of a run. */
	report(topic: TopicName, found: readonly Tellable[], direction?: Direction): void {
		const { level, logged } = topics[topic];
		if (logged === 'once') this.tellOnce(level, found, direction);
		else if (logged === 'when new') this.tellNew(`${topic} ${direction}`, level, found, direction);
		else for (const one of found) this.tell(level, one, direction);
	}

	/** Reports the findings that are new since the last report of the subject. */
	tellNew(
		subject: string,
		level: NoticeLevel,
		found: readonly Tellable[],
		direction?: Direction,
	): void {
		const before = this.#standing.get(subject);
		for (const one of found) {
			if (!before?.has(tellableText(one))) this.tell(level, one, direction);
		}
		this.#standing.set(subject, new Set(found.map(tellableText)));
	}

	/** Reports the findings that were never reported before. */
	tellOnce(level: NoticeLevel, found: readonly Tellable[], direction?: Direction): void {
		const before = this.#standing.get('') ?? new Set();
		for (const one of found) {
			if (!before.has(tellableText(one))) this.tell(level, one, direction);
		}
		this.#standing.set('', new Set([...before, ...found.map(tellableText)]));
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

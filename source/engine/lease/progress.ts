/**
 * What the engine that holds a pair is doing, on record for every other process: `status`, and the
 * screens of engines on standby. It stands at the end where the requests of others stand too.
 */
import { type Direction, directions, type PairConfig, targetSide } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { idList, quoteString } from '../../database/sql/literals.ts';
import type { BatchResult } from '../../transfer/batch.ts';
import type { LastBatch } from '../api/snapshot.ts';
import { toIso } from '../shared/utc.ts';
import { type Held, leaseName } from './lease-row.ts';

/** What is to be told of a direction. */
interface Told {
	isWorking: boolean;
	/** The last batch, as long as it is not on record. */
	batch: Pick<BatchResult, 'applied' | 'milliseconds'> | null;
}

/** Keeps the record up to date: each write tells what is the case by then. */
export class Progress {
	readonly #pair: PairConfig;
	readonly #holder: string;
	readonly #untold = new Map<Direction, Told>();

	/** @param holder the engine's id among the holders of leases */
	constructor(pair: PairConfig, holder: string) {
		this.#pair = pair;
		this.#holder = holder;
	}

	/** Notes what is to be told. */
	note(direction: Direction, { isWorking, batch }: Told): void {
		const before = this.#untold.get(direction);
		this.#untold.set(direction, { isWorking, batch: batch ?? before?.batch ?? null });
	}

	/** Writes until nothing is left to tell. Where it fails, the next batch tells more. */
	async write(connect: () => Promise<Connection>): Promise<void> {
		while (this.#untold.size > 0) {
			const rows = [...this.#untold].map(([direction, told]) => this.#row(direction, told));
			this.#untold.clear();
			const connection = await connect();
			await connection.run(
				`INSERT INTO change_log_progress
					(lease, target, holder, working, applied_at, applied, milliseconds)
				VALUES ${rows.join(', ')}
				ON DUPLICATE KEY UPDATE
					holder = VALUES(holder),
					working = VALUES(working),
					applied = IF(VALUES(applied_at) IS NULL, applied, VALUES(applied)),
					milliseconds = IF(VALUES(applied_at) IS NULL, milliseconds, VALUES(milliseconds)),
					applied_at = COALESCE(VALUES(applied_at), applied_at)`,
			);
		}
	}

	#row(direction: Direction, { isWorking, batch }: Told): string {
		const target = this.#pair[targetSide(direction)].nodeId;
		const who = [leaseName(this.#pair), target, this.#holder].map(quoteString).join(', ');
		const [applied = 0, milliseconds = 0] = batch
			? [batch.applied, Math.round(batch.milliseconds)]
			: [];
		const at = batch ? 'UTC_TIMESTAMP(6)' : 'NULL';
		return `(${who}, ${isWorking ? 1 : 0}, ${at}, ${idList([`${applied}`, `${milliseconds}`])})`;
	}
}

/** What is on record of a pair's engine. */
export interface PairProgress {
	/** Whether the engine that holds the pair is moving changes. */
	isWorking: boolean;
	/** The last batch of each direction, whichever engine moved it; null where none is on record. */
	lastBatch: Record<Direction, LastBatch | null>;
}

/** Nothing is on record. */
export function noProgress(): PairProgress {
	return { isWorking: false, lastBatch: { local_to_cloud: null, cloud_to_local: null } };
}

/** Reads what is on record at the connection's end. @param held who holds the pair */
export async function readProgress(
	connection: Connection,
	pair: PairConfig,
	held: Held | null,
): Promise<PairProgress> {
	const rows = await connection.rows<{
		target: string;
		holder: string;
		working: string | number;
		applied_at: string | null;
		applied: string | number;
		milliseconds: string | number;
	}>(
		`SELECT target, holder, working, applied_at, applied, milliseconds
		FROM change_log_progress
		WHERE lease = ${quoteString(leaseName(pair))}`,
	);
	const progress = noProgress();
	for (const direction of directions) {
		const row = rows.find(({ target }) => target === pair[targetSide(direction)].nodeId);
		if (!row) continue;
		// Of an engine that is gone, its last word stands.
		progress.isWorking ||= Number(row.working) === 1 && row.holder === held?.id;
		const at = toIso(row.applied_at, connection);
		if (at === null) continue;
		progress.lastBatch[direction] = {
			at,
			applied: Number(row.applied),
			milliseconds: Number(row.milliseconds),
		};
	}
	return progress;
}

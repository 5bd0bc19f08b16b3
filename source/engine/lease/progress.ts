/**
 * What the engine that holds a pair is doing, on record for every other process: `status`, and the
 * screens of engines on standby. It stands at the end where the requests of others stand too.
 */
import { readProgress, writeProgress } from '../../changelog/tables/progress.ts';
import { type Direction, directions, type PairConfig, targetSide } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
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
			const rows = [...this.#untold].map(([direction, told]) => ({
				...told,
				target: this.#pair[targetSide(direction)].nodeId,
				holder: this.#holder,
			}));
			this.#untold.clear();
			await writeProgress(await connect(), leaseName(this.#pair), rows);
		}
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
export async function readPairProgress(
	connection: Connection,
	pair: PairConfig,
	held: Held | null,
): Promise<PairProgress> {
	const rows = await readProgress(connection, leaseName(pair));
	const progress = noProgress();
	for (const direction of directions) {
		const row = rows.find(({ target }) => target === pair[targetSide(direction)].nodeId);
		if (!row) continue;
		// An engine that is gone may have left it so.
		progress.isWorking ||= row.isWorking && row.holder === held?.id;
		const { batch } = row;
		if (batch) progress.lastBatch[direction] = { ...batch, at: toIso(batch.at, connection) };
	}
	return progress;
}

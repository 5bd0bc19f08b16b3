/**
 * What the active engine of a pair is doing, recorded for other processes: `status`, and screens of engines
 * on standby. Recorded on the side where requests are recorded too.
 */
import { readProgress, writeProgress } from '../../changelog/tables/progress.ts';
import { type Direction, directions, type PairConfig, targetSide } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import type { BatchResult } from '../../transfer/batch.ts';
import type { LastBatch } from '../api/snapshot.ts';
import { toIso } from '../shared/utc.ts';
import { type Held, leaseName } from './lease-row.ts';

/** The state of a direction. */
interface State {
	isWorking: boolean;
	/** The last batch, until it is recorded. */
	batch: Pick<BatchResult, 'applied' | 'milliseconds'> | null;
}

/** Keeps the record up to date. Each write records the latest state. */
export class Progress {
	readonly #pair: PairConfig;
	readonly #holder: string;
	readonly #unwritten = new Map<Direction, State>();

	/** @param holder the engine's id as a holder of leases */
	constructor(pair: PairConfig, holder: string) {
		this.#pair = pair;
		this.#holder = holder;
	}

	/** Notes the state of a direction, to be written later. */
	note(direction: Direction, { isWorking, batch }: State): void {
		const before = this.#unwritten.get(direction);
		this.#unwritten.set(direction, { isWorking, batch: batch ?? before?.batch ?? null });
	}

	/** Writes all noted states. If it fails, the next batch makes up for it. */
	async write(connect: () => Promise<Connection>): Promise<void> {
		while (this.#unwritten.size > 0) {
			const rows = [...this.#unwritten].map(([direction, state]) => ({
				...state,
				target: this.#pair[targetSide(direction)].nodeId,
				holder: this.#holder,
			}));
			this.#unwritten.clear();
			await writeProgress(await connect(), leaseName(this.#pair), rows);
		}
	}
}

/** The recorded progress of a pair. */
export interface PairProgress {
	/** True while the active engine moves changes. */
	isWorking: boolean;
	/** The last batch of each direction, whichever engine moved it; null if none is recorded. */
	lastBatch: Record<Direction, LastBatch | null>;
}

/** The progress if nothing is recorded. */
export function noProgress(): PairProgress {
	return { isWorking: false, lastBatch: { local_to_cloud: null, cloud_to_local: null } };
}

/**
 * Reads the recorded progress on the connection's side.
 * @param held the holder of the pair
 */
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
		// An engine that is gone may have left this state.
		progress.isWorking ||= row.isWorking && row.holder === held?.id;
		const { batch } = row;
		if (batch) progress.lastBatch[direction] = { ...batch, at: toIso(batch.at, connection) };
	}
	return progress;
}

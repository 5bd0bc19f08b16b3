/**
 * What the engine that holds a pair is doing, on record for every other process: `status`, and the screens
 * of engines on standby. It is recorded at the end that the requests of others are recorded at.
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
	/** The last batch, until it is on record. */
	batch: Pick<BatchResult, 'applied' | 'milliseconds'> | null;
}

/** Keeps the record up to date. Each write records the latest state. */
export class Progress {
	readonly #pair: PairConfig;
	readonly #holder: string;
	readonly #unwritten = new Map<Direction, State>();

	/** @param holder the engine's id among the holders of leases */
	constructor(pair: PairConfig, holder: string) {
		this.#pair = pair;
		this.#holder = holder;
	}

	/** Notes the state of a direction. */
	note(direction: Direction, { isWorking, batch }: State): void {
		const before = this.#unwritten.get(direction);
		this.#unwritten.set(direction, { isWorking, batch: batch ?? before?.batch ?? null });
	}

	/** Writes until nothing is left to write. Where it fails, the next batch makes up for it. */
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

import { type PairConfig, type Side, sides } from '../config/types.ts';
import { Connection } from '../database/connection.ts';

/** One connection to each end of a pair. */
export type Connections = Record<Side, Connection>;

/**
 * Connects to both ends at once. Where one fails, the other is closed again.
 * @throws SyncError that names the pair and the side
 */
export async function openBoth(pair: PairConfig): Promise<Connections> {
	const [local, cloud] = await Promise.allSettled([
		Connection.open(pair.local),
		Connection.open(pair.cloud),
	]);
	if (local.status === 'fulfilled' && cloud.status === 'fulfilled') {
		return { local: local.value, cloud: cloud.value };
	}
	for (const result of [local, cloud]) {
		if (result.status === 'fulfilled') await result.value.close();
	}
	throw local.status === 'rejected' ? local.reason : (cloud as PromiseRejectedResult).reason;
}

export async function closeBoth({ local, cloud }: Connections): Promise<void> {
	await Promise.all([local.close(), cloud.close()]);
}

/** A pair's connections, kept open from one run to the next. */
export class KeptConnections {
	readonly #pair: PairConfig;
	#connections: Connections | null = null;

	constructor(pair: PairConfig) {
		this.#pair = pair;
	}

	/**
	 * The connections, opened anew where one was lost while nothing was going on.
	 * @throws SyncError that names the pair and the side
	 */
	async open(): Promise<Connections> {
		const kept = this.#connections;
		if (kept) {
			const alive = await Promise.allSettled(sides.map((side) => kept[side].ping()));
			if (alive.every(({ status }) => status === 'fulfilled')) return kept;
			await this.close();
		}
		this.#connections = await openBoth(this.#pair);
		return this.#connections;
	}

	async close(): Promise<void> {
		if (this.#connections) await closeBoth(this.#connections);
		this.#connections = null;
	}

	/** Cuts them off, whatever is under way on them. */
	cut(): void {
		for (const side of sides) this.#connections?.[side].destroy();
	}
}

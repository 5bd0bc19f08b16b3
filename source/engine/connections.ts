import type { PairConfig, Side } from '../config/types.ts';
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

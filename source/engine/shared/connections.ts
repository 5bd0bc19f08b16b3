import { LogConnection } from '../../changelog/session/log-connection.ts';
import { explainLockWait } from '../../changelog/write-lock.ts';
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import type { Access } from '../../database/connection/node-state.ts';
import { Nodes } from '../../database/connection/nodes.ts';
import { asSyncError, type SyncError } from '../../errors.ts';
import type { Finding } from '../../text/finding.ts';
import { runFinding } from '../api/run-messages.ts';

/** One connection to each side of a pair. */
export type Connections = Record<Side, LogConnection>;

/**
 * Connects to both sides concurrently. If one fails, the other is closed again.
 * @throws SyncError that names the pair and the side
 */
export async function openBoth(pair: PairConfig, access: Access = 'write'): Promise<Connections> {
	const [local, cloud] = await Promise.allSettled([
		LogConnection.open(pair.local, { access }),
		LogConnection.open(pair.cloud, { access }),
	]);
	if (local.status === 'fulfilled' && cloud.status === 'fulfilled') {
		return { local: local.value, cloud: cloud.value };
	}
	for (const result of [local, cloud]) {
		if (result.status === 'fulfilled') await result.value.close();
	}
	throw local.status === 'rejected' ? local.reason : (cloud as PromiseRejectedResult).reason;
}

/**
 * The access of a connection that never writes to a pair: it goes to the nodes that other connections write
 * to, if there are any.
 */
export function accessToLook({ readOnly }: PairConfig): Access {
	return readOnly ? 'read' : 'look';
}

export async function closeBoth({ local, cloud }: Connections): Promise<void> {
	await Promise.all([local.close(), cloud.close()]);
}

/** The nodes of both sides that are not used, with the reasons; empty if all are fine. */
export function nodesLeft(pair: PairConfig): Finding[] {
	return sides.flatMap((side) =>
		Nodes.of(pair[side]).left.map((left) => runFinding('node_not_used', { side }, left)),
	);
}

/** The connections of a pair, kept open between runs. */
export class KeptConnections {
	readonly #pair: PairConfig;
	#connections: Connections | null = null;

	constructor(pair: PairConfig) {
		this.#pair = pair;
	}

	/**
	 * The connections, reopened if one was lost while idle.
	 * @throws SyncError that names the pair and the side
	 */
	async open(): Promise<Connections> {
		const kept = this.#connections;
		if (kept) {
			const alive = await Promise.allSettled(sides.map((side) => kept[side].ping()));
			const inUse = sides.every((side) => kept[side].isToNodeInUse);
			if (inUse && alive.every(({ status }) => status === 'fulfilled')) return kept;
			await this.close();
		}
		this.#connections = await openBoth(this.#pair);
		return this.#connections;
	}

	/** The error of a failed run, which names the state of a server if that was the cause. */
	async explain(thrown: unknown): Promise<SyncError> {
		const error = asSyncError(thrown);
		const kept = this.#connections;
		return kept ? explainLockWait(error, [kept.local, kept.cloud]) : error;
	}

	async close(): Promise<void> {
		if (this.#connections) await closeBoth(this.#connections);
		this.#connections = null;
	}

	/** Cuts the connections, even during a statement. */
	cut(): void {
		for (const side of sides) this.#connections?.[side].destroy();
	}
}

/**
 * Delegated runs: an engine on standby requests a run from the active engine through a table of the database,
 * and the active engine answers when the run has ended.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Holder } from '../../changelog/tables/leases.ts';
import {
	answerRequest,
	dropRequest,
	openRequests,
	type RunRequest,
	readRunAnswer,
	requestRun,
} from '../../changelog/tables/run-requests.ts';
import type { Direction, PairConfig } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { asSyncError, SyncError } from '../../errors.ts';
import { leaseName } from './lease-row.ts';

/** Milliseconds between two checks for an answer. */
const answerPause = 250;

interface Asking {
	wanted: readonly Direction[];
	/** The engine that requests the run. */
	me: Holder;
	/** True while the engine is stopping. */
	stopped: () => boolean;
	/** Takes over the pair if the holder is gone. Resolves to true if it did. */
	takesOver: () => Promise<boolean>;
}

/**
 * Requests a run from the active engine, and waits until it has ended.
 * @returns true if the active engine did the run; false if it is gone and the pair was taken over
 * @throws SyncError with the problem that the active engine reports
 */
export async function askHolder(
	connection: Connection,
	pair: PairConfig,
	{ wanted, me, stopped, takesOver }: Asking,
): Promise<boolean> {
	const id = await requestRun(connection, leaseName(pair), wanted, me);
	try {
		while (!stopped()) {
			const answer = await readRunAnswer(connection, id);
			if (answer?.problem) throw new SyncError('busy', answer.problem);
			if (answer) return true;
			if (await takesOver()) return false;
			await pause(answerPause);
		}
		throw new SyncError('busy', 'the engine is stopping', { pair: pair.name });
	} finally {
		if (!connection.lost) await dropRequest(connection, id);
	}
}

/** Runs what other engines request, and answers each request once its run has ended. */
export class Answers {
	readonly #lease: string;
	readonly #onRequest: (request: RunRequest) => Promise<boolean>;
	/** Requests in progress, by id. */
	readonly #underWay = new Set<string>();

	/** @param onRequest resolves to true if the run was done; rejects if it failed */
	constructor(lease: string, onRequest: (request: RunRequest) => Promise<boolean>) {
		this.#lease = lease;
		this.#onRequest = onRequest;
	}

	/** Starts the requests that are not in progress yet. */
	async see(connect: () => Promise<Connection>, isHolder: () => boolean): Promise<void> {
		for (const request of await openRequests(await connect(), this.#lease)) {
			if (this.#underWay.has(request.id)) continue;
			this.#underWay.add(request.id);
			void this.#answer(request, connect, isHolder);
		}
	}

	async #answer(
		request: RunRequest,
		connect: () => Promise<Connection>,
		isHolder: () => boolean,
	): Promise<void> {
		const { id } = request;
		try {
			const problem = await this.#onRequest(request).then(
				(done) => (done ? null : undefined),
				(thrown) => asSyncError(thrown).describe(),
			);
			// The requester detects through the lease that this engine is gone, and takes over.
			if (problem === undefined || !isHolder()) return;
			await answerRequest(await connect(), id, problem);
		} catch {
			// Repeated at the next beat.
		} finally {
			this.#underWay.delete(id);
		}
	}
}

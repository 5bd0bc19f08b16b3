/**
 * Runs that are passed on: an engine on standby asks the holder of the pair for one, through a table of
 * the database, and the holder answers when it has ended.
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

/** Milliseconds between two looks whether the holder has answered. */
const answerPause = 250;

interface Asking {
	wanted: readonly Direction[];
	/** Who asks. */
	me: Holder;
	/** Whether the engine is stopping. */
	stopped: () => boolean;
	/** Takes the pair over if the holder is gone. Resolves to whether it did. */
	takesOver: () => Promise<boolean>;
}

/**
 * Asks the holder for a run, and waits until it has ended.
 * @returns whether it did so; false where the holder is gone, and the pair was taken over
 * @throws SyncError with what the holder met
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

/** Does the runs that others ask the holder for, and answers each once it has ended. */
export class Answers {
	readonly #lease: string;
	readonly #onRequest: (request: RunRequest) => Promise<boolean>;
	/** The requests that are being done, by id. */
	readonly #underWay = new Set<string>();

	/** @param onRequest resolves to whether the run was done; rejects with why it failed */
	constructor(lease: string, onRequest: (request: RunRequest) => Promise<boolean>) {
		this.#lease = lease;
		this.#onRequest = onRequest;
	}

	/** Sees to what is asked for and is not being done yet. */
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
			// Who asked finds out by the lease that this engine is gone, and sees to it.
			if (problem === undefined || !isHolder()) return;
			await answerRequest(await connect(), id, problem);
		} catch {
			// Asked for again at the next beat.
		} finally {
			this.#underWay.delete(id);
		}
	}
}

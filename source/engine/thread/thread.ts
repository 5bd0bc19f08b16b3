import { Worker } from 'node:worker_threads';
import type { Config } from '../../config/types.ts';
import { SyncError } from '../../errors.ts';
import type { CallMessage, CallName, EngineCalls, ThreadMessage } from './messages.ts';
import { errorOf } from './messages.ts';

/** Milliseconds that the thread has beyond what a stop may take, before it is ended from outside. */
const grace = 2000;

interface Call {
	resolve: (value: unknown) => void;
	reject: (error: SyncError) => void;
}

type ToldMessage = Extract<ThreadMessage, { kind: 'snapshot' | 'notice' }>;

/** The program of the engine's thread: as it was built, or as it stands in the source. */
const built = import.meta.url.endsWith('.js');
const program = new URL(built ? './engine-thread.js' : './engine-thread.ts', import.meta.url);

/** A thread with an engine on it: calls in, what it tells out. */
export class Thread {
	/** Rejects with a SyncError `internal` when the thread ends although nobody has stopped it. */
	readonly failure: Promise<never>;
	readonly #worker: Worker;
	readonly #calls = new Map<number, Call>();
	readonly #exited: Promise<void>;
	#fail: (error: SyncError) => void = () => {};
	#lastCall = 0;
	#stopping = false;
	/** Why no call can be made any more. */
	#ended: SyncError | null = null;

	constructor(config: Config, onTold: (message: ToldMessage) => void, file: URL = program) {
		this.failure = new Promise((_, reject) => {
			this.#fail = reject;
		});
		// Who does not wait for it is told of it by the calls.
		this.failure.catch(() => {});
		this.#worker = new Worker(file, { workerData: config, name: 'engine' });
		this.#worker.on('message', (message: ThreadMessage) => {
			if (message.kind === 'snapshot' || message.kind === 'notice') onTold(message);
			else this.#answered(message);
		});
		this.#worker.on('error', (error) => this.#failed(threadFailure(error)));
		this.#exited = new Promise((resolve) => {
			this.#worker.on('exit', () => {
				if (this.#stopping) this.#end(new SyncError('busy', 'the engine is stopping'));
				else this.#failed(threadFailure(new Error('its thread ended')));
				resolve();
			});
		});
	}

	/** Resolves to the answer. @throws SyncError what the engine throws, or why it cannot answer */
	call<Name extends CallName>(
		name: Name,
		...values: Parameters<EngineCalls[Name]>
	): Promise<Awaited<ReturnType<EngineCalls[Name]>>> {
		return new Promise((resolve, reject) => {
			if (this.#ended) {
				reject(this.#ended);
				return;
			}
			const id = ++this.#lastCall;
			this.#calls.set(id, { resolve: resolve as Call['resolve'], reject });
			const message: CallMessage = { id, name, values };
			this.#worker.postMessage(message);
		});
	}

	/**
	 * Stops the engine and ends its thread, which may be called again with less time.
	 * @throws SyncError what ended the thread before
	 */
	async stop(within: number): Promise<void> {
		if (!this.#ended) {
			this.#stopping = true;
			const overdue = setTimeout(() => void this.#worker.terminate(), within + grace);
			await this.call('stop', within).catch(() => {});
			clearTimeout(overdue);
			await this.#worker.terminate();
			await this.#exited;
		}
		if (this.#ended?.code === 'internal') throw this.#ended;
	}

	#answered(message: Exclude<ThreadMessage, ToldMessage>): void {
		const call = this.#calls.get(message.id);
		this.#calls.delete(message.id);
		if (message.kind === 'answer') call?.resolve(message.value);
		else call?.reject(errorOf(message.error));
	}

	#failed(error: SyncError): void {
		this.#end(error);
		this.#fail(error);
	}

	#end(why: SyncError): void {
		this.#ended ??= why;
		for (const { reject } of this.#calls.values()) reject(this.#ended);
		this.#calls.clear();
	}
}

function threadFailure(error: Error & { code?: unknown }): SyncError {
	const what = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'it ran out of memory' : error.message;
	return new SyncError('internal', `the engine failed: ${what}`, {
		hint: 'The servers roll the batch in hand back. Start again; if it fails again, please report it.',
	});
}

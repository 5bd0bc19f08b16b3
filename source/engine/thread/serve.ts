import type { MessagePort } from 'node:worker_threads';
import { asSyncError } from '../../errors.ts';
import type { EngineSnapshot } from '../api/snapshot.ts';
import type { Engine } from '../engine.ts';
import { differenceOf } from './difference.ts';
import { type CallMessage, errorMessage, type ThreadMessage } from './messages.ts';

/** Lets the other end of a port control an engine, and sends it what the engine publishes. */
export function serveEngine(engine: Engine, port: MessagePort): void {
	let told: EngineSnapshot | null = null;
	const post = (message: ThreadMessage) => port.postMessage(message);
	const tell = () => {
		const snapshot = engine.snapshot();
		const difference = differenceOf(told, snapshot);
		told = snapshot;
		if (difference) post({ kind: 'snapshot', difference });
	};
	const answer = async ({ id, name, values }: CallMessage) => {
		try {
			const call = engine[name] as (...values: unknown[]) => unknown;
			const value = await call.apply(engine, values);
			tell();
			post({ kind: 'answer', id, value });
		} catch (error) {
			tell();
			post({ kind: 'refusal', id, error: errorMessage(asSyncError(error)) });
		}
	};
	tell();
	engine.subscribe(tell);
	engine.onNotice((notice) => post({ kind: 'notice', notice }));
	port.on('message', (message: CallMessage) => void answer(message));
}

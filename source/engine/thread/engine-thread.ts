/** The engine's thread: an engine at work for the screen of another thread. */
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { Config } from '../../config/types.ts';
import { SyncError } from '../../errors.ts';
import { Engine } from '../engine.ts';
import { serveEngine } from './serve.ts';

if (!parentPort) throw new SyncError('internal', 'the engine was to run on a thread of its own');
giveWayToScreen();
const engine = new Engine(workerData as Config);
// The first snapshot tells that the pairs are at work.
engine.start();
serveEngine(engine, parentPort);

/** A key is to be answered while the engine is at work on a machine with few cores. */
function giveWayToScreen(): void {
	// On Linux 0 is the calling thread; elsewhere it would be the process, and the screen with it.
	if (process.platform !== 'linux') return;
	try {
		setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);
	} catch {
		// Some containers forbid it.
	}
}

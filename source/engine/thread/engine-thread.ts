/** The engine's thread: runs an engine for the screen on another thread. */
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { Config } from '../../config/types.ts';
import { SyncError } from '../../errors.ts';
import { Engine } from '../engine.ts';
import { serveEngine } from './serve.ts';

if (!parentPort) throw new SyncError('internal', 'the engine must run on its own thread');
giveWayToScreen();
const engine = new Engine(workerData as Config);
// The first snapshot shows that the pairs are running.
engine.start();
serveEngine(engine, parentPort);

/** Lowers the priority, so that keys are answered even on a busy machine with few cores. */
function giveWayToScreen(): void {
	// On Linux, 0 is the calling thread; elsewhere it is the whole process, including the screen.
	if (process.platform !== 'linux') return;
	try {
		setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);
	} catch {
		// Some containers forbid it.
	}
}

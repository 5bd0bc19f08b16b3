/** The engine's thread: an engine at work for the screen of another thread. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Config } from '../../config/types.ts';
import { SyncError } from '../../errors.ts';
import { Engine } from '../engine.ts';
import { serveEngine } from './serve.ts';

if (!parentPort) throw new SyncError('internal', 'the engine was to run on a thread of its own');
const engine = new Engine(workerData as Config);
// The first snapshot tells that the pairs are at work.
engine.start();
serveEngine(engine, parentPort);

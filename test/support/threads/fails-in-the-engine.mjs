// Loaded before a program, by NODE_OPTIONS: once its screen watches a pair, the engine's thread gets a fault.
import { parentPort } from 'node:worker_threads';

parentPort?.on('message', ({ name }) => {
	if (name === 'watch') throw new TypeError('undefined is not a pair');
});

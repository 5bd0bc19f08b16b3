// Loaded before a program, by NODE_OPTIONS: once its screen watches a pair, the engine's thread gets a
// fault, or eats up its memory.
import { parentPort } from 'node:worker_threads';

parentPort?.on('message', ({ name }) => {
	if (name !== 'watch') return;
	if (process.env.FAULT !== 'memory') throw new TypeError('undefined is not a pair');
	const kept = [];
	for (;;) kept.push({ one: kept.length });
});

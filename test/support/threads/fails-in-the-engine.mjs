// Loaded before a program, by NODE_OPTIONS: the first of its threads gets a fault, or eats up its memory.
import { isMainThread } from 'node:worker_threads';

if (!isMainThread) {
	setTimeout(() => {
		if (process.env.FAULT !== 'memory') throw new TypeError('undefined is not a pair');
		const kept = [];
		for (;;) kept.push({ one: kept.length });
	}, 2500);
}

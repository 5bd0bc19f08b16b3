import { onTestFinished } from 'vitest';
import { loadConfig } from '../../source/config/load.ts';
import { sides } from '../../source/config/types.ts';
import type { LivePair } from '../../source/engine/api/snapshot.ts';
import { Engine } from '../../source/engine/engine.ts';
import type { TestPair } from './pair.ts';
import { waitFor } from './wait.ts';

/** A running engine in the test's own process, and its snapshot of its only pair. */
export interface RunningEngine {
	engine: Engine;
	shown: () => LivePair;
}

/** Starts an engine on a pair, whatever is wrong with that; stopped at the end of the test. */
export async function startEngine({ configPath }: TestPair): Promise<RunningEngine> {
	const engine = new Engine(await loadConfig({ path: configPath }));
	engine.start();
	onTestFinished(() => engine.stop());
	const shown = () => {
		const [pair] = engine.snapshot().pairs;
		if (!pair) throw new Error('the engine has no pair');
		return pair;
	};
	return { engine, shown };
}

/**
 * Looks after which everything is read again, and what somebody has done is known at the latest: eight, and
 * the one that was under way.
 */
export const looksToKnow = 9;

/** Counts the looks of an engine at its one pair from now on. */
export function lookCounter(engine: Engine): () => number {
	const at = () => engine.snapshot().pairs[0]?.looked_at;
	let latest = at();
	let looks = 0;
	engine.subscribe(() => {
		if (at() === latest) return;
		latest = at();
		looks += 1;
	});
	return () => looks;
}

/** Starts an engine on a pair with which nothing is wrong, and waits until it has installed its triggers. */
export async function runningEngine(pair: TestPair): Promise<RunningEngine> {
	const { engine, shown } = await startEngine(pair);
	const installed = () =>
		sides.every((side) => shown().tables[0]?.triggers[side] === 'installed') &&
		shown().problem === null;
	await waitFor(installed, { what: () => `the triggers: ${JSON.stringify(shown())}` });
	return { engine, shown };
}

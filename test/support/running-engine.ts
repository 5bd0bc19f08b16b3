import { onTestFinished } from 'vitest';
import { loadConfig } from '../../source/config/load.ts';
import { sides } from '../../source/config/types.ts';
import type { LivePair } from '../../source/engine/api/snapshot.ts';
import { Engine } from '../../source/engine/engine.ts';
import type { TestPair } from './pair.ts';
import { waitFor } from './wait.ts';

/** An engine at work in the test's own process, and what it shows of its one pair. */
export interface RunningEngine {
	engine: Engine;
	shown: () => LivePair;
}

/** Starts an engine on a pair and waits until it has installed its triggers; stopped at the end of the test. */
export async function runningEngine({ configPath }: TestPair): Promise<RunningEngine> {
	const engine = new Engine(await loadConfig({ path: configPath }));
	engine.start();
	onTestFinished(() => engine.stop());
	const shown = () => {
		const [pair] = engine.snapshot().pairs;
		if (!pair) throw new Error('the engine has no pair');
		return pair;
	};
	const installed = () =>
		sides.every((side) => shown().tables[0]?.triggers[side] === 'installed') &&
		shown().problem === null;
	await waitFor(installed, { what: `the triggers: ${JSON.stringify(shown())}` });
	return { engine, shown };
}

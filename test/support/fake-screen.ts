/**
 * The screen on an engine in memory, as a program of its own: `fake-screen.ts SCENE [slow-quit]`.
 * Prints how it ended.
 */

import { openScreen } from '../../source/ui/main.tsx';
import { FakeEngine, pair } from './fake-engine.ts';
import { atWork, everything } from './fake-scenes.ts';

const [scene = 'everything', manner] = process.argv.slice(2);

const scenes: Record<string, () => FakeEngine> = {
	everything,
	'at-work': atWork,
	one: () => new FakeEngine([pair('shop')]),
	setup: () => new FakeEngine([]),
};

const engine = scenes[scene]?.() ?? everything();
const pending = setInterval(() => undefined, 60_000);
const reason = await openScreen(engine, {
	configPath: '/tmp/config.json',
	version: '0.1.0',
	refresh: 2000,
	setup:
		scene === 'setup'
			? { path: '/tmp/config.json', writeStarter: async () => '/tmp/config.json' }
			: undefined,
	onQuit:
		manner === 'slow-quit'
			? () => new Promise((resolve) => setTimeout(resolve, 60_000).unref())
			: () => Promise.resolve(),
});
clearInterval(pending);
console.log(`ended by ${reason.cause}, finished ${reason.finished}`);

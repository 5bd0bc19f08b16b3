/**
 * The screen on an engine in memory, as a program of its own: `fake-screen.ts SCENE [MANNER]`.
 * Prints how it ended, or writes it to the file that RESULT_FILE names.
 */

import { writeFileSync } from 'node:fs';
import { openScreen } from '../../source/ui/main.tsx';
import { FakeEngine, pair } from './fake-engine.ts';
import { atWork, countdown, everything, longLog, odd } from './fake-scenes.ts';

const [scene = 'everything', manner] = process.argv.slice(2);

const scenes: Record<string, () => FakeEngine> = {
	everything,
	'at-work': atWork,
	'long-log': longLog,
	one: () => new FakeEngine([pair('shop')]),
	countdown,
	odd,
	setup: () => new FakeEngine([]),
};

const engine = scenes[scene]?.() ?? everything();
// In these manners the key p makes something go wrong in the middle of the screen.
if (manner === 'throw') {
	engine.pause = async () => {
		setImmediate(() => {
			throw new Error('nobody catches this');
		});
	};
}
if (manner === 'draw') {
	// No table of this pair can be drawn.
	engine.pause = async () => engine.update('shop', () => ({ directions: undefined as never }));
}
if (manner === 'print') {
	engine.pause = async () => process.emitWarning('a warning of some library');
}
if (manner?.startsWith('SIG')) {
	engine.pause = async () => {
		process.kill(process.pid, manner);
	};
}
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
const ending = `ended by ${reason.cause}, finished ${reason.finished}`;
const { RESULT_FILE } = process.env;
if (RESULT_FILE) writeFileSync(RESULT_FILE, ending);
else console.log(ending);

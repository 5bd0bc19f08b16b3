import type { Notice } from '../engine/api/snapshot.ts';
import { Engine } from '../engine/engine.ts';
import { type Command, exitCode } from './command.ts';
import { joinedLines } from './output.ts';
import { selectPairs } from './pairs.ts';

export const run: Command = {
	name: 'run',
	words: '[pair…]',
	summary: 'the engine without a screen, for systemd; logs to standard error',
	details: ['SIGTERM and SIGINT finish the batch in progress and exit with 0.'],
	flags: [],
	run: async (context) => {
		const { config, pairs } = await selectPairs(context, 'enabled');
		const engine = new Engine({ ...config, pairs });
		engine.onNotice((notice) => context.err(noticeLine(notice)));
		const signalled = new Promise<string>((resolve) => {
			context.onSignal(resolve);
		});
		engine.start();
		const names = pairs.map(({ name }) => name).join(', ');
		context.err(`${new Date().toISOString()} info started, node ${config.nodeId}, pairs ${names}`);
		const signal = await signalled;
		context.err(`${new Date().toISOString()} info ${signal}: finishing the batch in hand`);
		await engine.stop();
		context.err(`${new Date().toISOString()} info stopped`);
		return exitCode.done;
	},
};

/** One line of the log: time, level, pair, direction, message. */
function noticeLine({ at, level, pair, direction, message }: Notice): string {
	const where = direction ? `${pair} ${direction.replaceAll('_', '-')}` : pair;
	return `${new Date(at).toISOString()} ${level} ${where}: ${joinedLines(message)}`;
}

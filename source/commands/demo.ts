import { setTimeout as pause } from 'node:timers/promises';
import { directions, type PairConfig } from '../config/types.ts';
import { type Stage, serverName, setStage } from '../demo/stage.ts';
import { Engine } from '../engine/engine.ts';
import { installPair } from '../engine/install/installation.ts';
import { syncPair } from '../engine/run/sync-pair.ts';
import { closeBoth, openBoth } from '../engine/shared/connections.ts';
import { SyncError } from '../errors.ts';
import { count, plural } from '../text/words.ts';
import { requireTerminal } from '../ui/main.tsx';
import { type Command, type CommandContext, exitCode } from './command.ts';
import { plainTable } from './output.ts';
import { showEngine } from './ui.ts';

/** Seconds that `demo --headless` works, unless told otherwise. */
const defaultSeconds = 20;

export const demo: Command = {
	name: 'demo',
	words: '',
	summary: 'two throwaway servers, sample data and a live workload',
	details: ['The terminal UI opens on them. Servers and data are removed at the end.'],
	flags: ['headless', 'seconds'],
	run: async (context) => {
		const seconds = parseSeconds(context);
		if (seconds === null) requireTerminal();
		const stage = await setStage((line) => context.err(line));
		try {
			const [pair] = stage.config.pairs;
			if (!pair) throw new SyncError('internal', 'the demo has no pair');
			await capture(pair);
			return seconds === null
				? await showStage(stage, context)
				: await runHeadless(stage, pair, seconds, context);
		} finally {
			await stage.clear();
		}
	},
};

function parseSeconds({ flags }: CommandContext): number | null {
	if (flags.seconds === undefined) return flags.headless ? defaultSeconds : null;
	if (!flags.headless) {
		throw new SyncError('usage', '--seconds goes with --headless');
	}
	const seconds = Number(flags.seconds);
	if (Number.isFinite(seconds) && seconds > 0 && seconds <= 86_400) return seconds;
	throw new SyncError('usage', `--seconds cannot be ${flags.seconds}`, {
		hint: 'It is a number of seconds, up to 86400.',
	});
}

/** The shop is empty when capture begins, so that every row of it is carried over. */
async function capture(pair: PairConfig): Promise<void> {
	const connections = await openBoth(pair);
	try {
		await installPair(connections, pair);
	} finally {
		await closeBoth(connections);
	}
}

async function showStage(stage: Stage, { version, err }: CommandContext): Promise<number> {
	await stage.open();
	const code = await showEngine(stage.config, { version });
	await stage.close();
	err('The demo is over: its servers are stopped and their data is removed.');
	return code;
}

/** The same without a terminal: works for a while, catches up, and compares both shops. */
async function runHeadless(
	stage: Stage,
	pair: PairConfig,
	seconds: number,
	{ out, err, onSignal }: CommandContext,
): Promise<number> {
	let interrupted: 'SIGINT' | 'SIGTERM' | null = null;
	const waiting = new AbortController();
	const forget = onSignal((signal) => {
		interrupted = signal;
		waiting.abort();
	});
	const engine = new Engine(stage.config);
	err(`Working in both shops for ${seconds} s`);
	engine.start();
	await stage.open();
	await pause(seconds * 1000, undefined, { signal: waiting.signal }).catch(() => {});
	forget();
	const business = await stage.close();
	await engine.stop();
	const moved = { ...engine.snapshot().pairs[0]?.moved };
	const rest = await syncPair(pair, { directions, once: false, stopped: () => false, say: err });
	const comparisons = await stage.compare();
	const different = comparisons.filter(({ differences }) => differences > 0);
	out(`local and cloud: ${stage.servers.map(serverName).join(' and ')}`);
	out(`${count(business)} pieces of business done in both shops`);
	for (const direction of directions) {
		out(
			`${direction.replaceAll('_', ' ')}: ${plural((moved[direction] ?? 0) + rest[direction].applied, 'change')} moved`,
		);
	}
	for (const line of plainTable(
		['table', 'rows', ''],
		comparisons.map(({ table, rows, differences }) => [
			table,
			count(rows),
			differences === 0 ? 'equal' : `${count(differences)} rows differ`,
		]),
	)) {
		out(`  ${line}`);
	}
	out(different.length === 0 ? 'Both databases are equal.' : 'The databases DIFFER.');
	if (interrupted) return exitCode[interrupted];
	return different.length === 0 ? exitCode.done : exitCode.needsPerson;
}

#!/usr/bin/env node
/** The edge: the command line, the exit code, the signals. Nothing else knows the process. */
import module from 'node:module';
import meow from 'meow';
import { exitCode, exitCodeOf, type Flags } from './commands/command.ts';
import { flagNames, helpText, main } from './commands/main.ts';
import { nearest } from './config/nearest.ts';
import { asSyncError, SyncError } from './errors.ts';
import { Printer } from './terminal/printer.ts';

// From Node 22 on, which the types of Node 20 do not know: a second start need not compile again.
(module as { enableCompileCache?: () => unknown }).enableCompileCache?.();

const stdout = new Printer(process.stdout, false);
const stderr = new Printer(process.stderr, true);

// What nobody catches is told as any other error is, without a call stack.
process.on('uncaughtException', (error) => {
	complain(asSyncError(error));
	process.exit(exitCode.needsPerson);
});

async function start(): Promise<number> {
	const { input, flags, pkg } = readCommandLine();
	const { help, version, ...given } = flags;
	if (help) {
		stdout.lines(helpText());
		return 0;
	}
	if (version) {
		stdout.lines(String(pkg.version));
		return 0;
	}
	const names = Object.entries(given)
		.filter(([, value]) => value !== undefined && value !== false)
		.map(([name, value]) => checkedFlag(name, value));
	return main(input, names, {
		words: [],
		flags: {
			config: given.config,
			json: given.json ?? false,
			table: given.table,
			dropLog: given.dropLog ?? false,
			direction: given.direction,
			once: given.once ?? false,
			headless: given.headless ?? false,
			seconds: given.seconds,
			open: given.open ?? false,
			keep: given.keep,
		},
		out: (lines) => stdout.lines(lines),
		json: (document) => stdout.json(document),
		err: (lines) => stderr.lines(lines),
		onSignal,
		version: String(pkg.version),
	});
}

function readCommandLine() {
	try {
		return meow({
			importMeta: import.meta,
			autoHelp: false,
			autoVersion: false,
			flags: {
				config: { type: 'string' },
				json: { type: 'boolean' },
				table: { type: 'string' },
				dropLog: { type: 'boolean' },
				direction: { type: 'string' },
				once: { type: 'boolean' },
				headless: { type: 'boolean' },
				seconds: { type: 'string' },
				open: { type: 'boolean' },
				keep: { type: 'string' },
				help: { type: 'boolean', shortFlag: 'h' },
				version: { type: 'boolean', shortFlag: 'v' },
			},
		});
	} catch (error) {
		// meow throws for a flag that stands twice.
		throw new SyncError('usage', (error as Error).message, { cause: error });
	}
}

/** meow passes unknown flags and empty values through. */
function checkedFlag(name: string, value: unknown): keyof Flags {
	const known = Object.keys(flagNames) as (keyof Flags)[];
	const flag = known.find((candidate) => candidate === name);
	if (!flag) {
		const dashed = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
		const written = name.length === 1 ? `-${name}` : `--${dashed}`;
		const close = nearest(written, Object.values(flagNames));
		throw new SyncError('usage', `there is no option ${written}`, {
			hint: close ? `Did you mean ${close}?` : 'mysql-sync-tui --help lists the options.',
		});
	}
	if (value === '') throw new SyncError('usage', `${flagNames[flag]} needs a value`);
	return flag;
}

function complain(error: SyncError): void {
	const [first = '', ...others] = error.lines();
	stderr.lines([`mysql-sync-tui: ${first}`, ...others]);
}

function onSignal(listener: (signal: 'SIGINT' | 'SIGTERM') => void): () => void {
	const interrupt = () => listener('SIGINT');
	const terminate = () => listener('SIGTERM');
	process.once('SIGINT', interrupt);
	process.once('SIGTERM', terminate);
	return () => {
		process.off('SIGINT', interrupt);
		process.off('SIGTERM', terminate);
	};
}

/** Milliseconds for connections to close and messages to be read before the process ends all the same. */
const lingering = 1000;

try {
	process.exitCode = await start();
} catch (thrown) {
	const error = asSyncError(thrown);
	complain(error);
	process.exitCode = exitCodeOf(error);
}
// A slow reader gets the whole of a result, however long that takes.
await stdout.finished();
if (stdout.failure !== null) {
	complain(new SyncError('environment', `standard output is not complete: ${stdout.failure}`));
	process.exitCode = Math.max(Number(process.exitCode), exitCode.needsPerson);
}
setTimeout(() => process.exit(), lingering).unref();

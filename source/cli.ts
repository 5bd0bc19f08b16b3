#!/usr/bin/env node
/** The edge: the command line, the exit code, the signals. Nothing else knows the process. */
import module from 'node:module';
import meow from 'meow';
import { exitCode, exitCodeOf, programName } from './commands/command.ts';
import { type FlagName, type Flags, flagNames, flagSpecs, writtenFlag } from './commands/flags.ts';
import { main } from './commands/main.ts';
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
	if (version) {
		stdout.lines(String(pkg.version));
		return 0;
	}
	const names = Object.entries(given)
		.filter(([, value]) => value !== undefined && value !== false)
		.map(([name, value]) => checkedFlag(name, value));
	return main(
		{ words: input, given: names, help: help === true },
		{
			words: [],
			flags: asFlags(given),
			out: (lines) => stdout.lines(lines),
			json: (document) => stdout.json(document),
			err: (lines) => stderr.lines(lines),
			onSignal,
			version: String(pkg.version),
		},
	);
}

/**
 * meow splits the command line and types its values. What it could do beyond that it does by printing
 * on its own and ending the process, past the printer that makes texts safe for a terminal and tells
 * of output that could not be written: help, version, unknown flags (`allowUnknownFlags`), unknown
 * commands (`commands`) and values (`choices`), none of them with a word of what may have been meant.
 * Nor does it know which command takes which flag. So these are checked here and by `main`.
 */
function readCommandLine() {
	const types = flagNames.map((name) => [name, { type: flagSpecs[name].type }] as const);
	try {
		return meow({
			importMeta: import.meta,
			autoHelp: false,
			autoVersion: false,
			flags: {
				...Object.fromEntries(types),
				help: { type: 'boolean', shortFlag: 'h' },
				version: { type: 'boolean', shortFlag: 'v' },
			},
		});
	} catch (error) {
		// meow throws for a flag that stands twice.
		throw new SyncError('usage', (error as Error).message, { cause: error });
	}
}

/** The values of every flag; those that were not given are false, or undefined. */
function asFlags(given: Record<string, unknown>): Flags {
	const values = flagNames.map((name) => [
		name,
		flagSpecs[name].type === 'boolean' ? given[name] === true : given[name],
	]);
	return Object.fromEntries(values);
}

/** meow passes unknown flags and empty values through. */
function checkedFlag(name: string, value: unknown): FlagName {
	const flag = flagNames.find((candidate) => candidate === name);
	const written = writtenFlag(name);
	if (!flag) {
		const close = nearest(written, flagNames.map(writtenFlag));
		throw new SyncError('usage', `there is no option ${written}`, {
			hint: close ? `Did you mean ${close}?` : `${programName} --help lists the options.`,
		});
	}
	if (value === '') throw new SyncError('usage', `${written} needs a value`);
	return flag;
}

function complain(error: SyncError): void {
	const [first = '', ...others] = error.lines();
	stderr.lines([`${programName}: ${first}`, ...others]);
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

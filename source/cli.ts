#!/usr/bin/env node
/** The edge: command line, exit code, signals. Only this file deals with the process. */
import module from 'node:module';
import meow from 'meow';
import { exitCode, exitCodeOf, programName } from './commands/command.ts';
import { type FlagName, type Flags, flagNames, flagSpecs, writtenFlag } from './commands/flags.ts';
import { main } from './commands/main.ts';
import { nearest } from './config/nearest.ts';
import { asSyncError, SyncError } from './errors.ts';
import { Printer } from './terminal/printer.ts';

// Node 22 and later, missing in the types of Node 20: later starts skip compilation.
(module as { enableCompileCache?: () => unknown }).enableCompileCache?.();

const stdout = new Printer(process.stdout, false);
const stderr = new Printer(process.stderr, true);

// Reports an uncaught error like any other error, without a stack trace.
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
 * meow splits the command line and converts the values. Its further features print and exit by themselves,
 * bypassing the printer, which makes texts safe for a terminal and reports failed output: help, version,
 * unknown flags (`allowUnknownFlags`), commands (`commands`) and values (`choices`). None of them suggests a
 * correction. Nor does meow know which command takes which flag. This function and `main` check these
 * instead.
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
		// meow throws if a flag is given twice.
		throw new SyncError('usage', (error as Error).message, { cause: error });
	}
}

/** The values of all flags; a flag that was not given is false or undefined. */
function asFlags(given: Record<string, unknown>): Flags {
	const values = flagNames.map((name) => [
		name,
		flagSpecs[name].type === 'boolean' ? given[name] === true : given[name],
	]);
	return Object.fromEntries(values);
}

/** meow accepts unknown flags and empty values. */
function checkedFlag(name: string, value: unknown): FlagName {
	const flag = flagNames.find((candidate) => candidate === name);
	const written = writtenFlag(name);
	if (!flag) {
		const close = nearest(written, flagNames.map(writtenFlag));
		throw new SyncError('usage', `unknown option ${written}`, {
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

/** Milliseconds to close connections and write messages before the process is forced to end. */
const lingering = 1000;

try {
	process.exitCode = await start();
} catch (thrown) {
	const error = asSyncError(thrown);
	complain(error);
	process.exitCode = exitCodeOf(error);
}
// Waits until a slow reader has read the whole output.
await stdout.finished();
if (stdout.failure !== null) {
	complain(new SyncError('environment', `standard output is incomplete: ${stdout.failure}`));
	process.exitCode = Math.max(Number(process.exitCode), exitCode.needsPerson);
}
setTimeout(() => process.exit(), lingering).unref();

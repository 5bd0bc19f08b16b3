/** Drives the built program as a person does: by its command line, its output and its exit code. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { cacheFolder } from '../../source/demo/servers/unpacked.ts';
import type { AtEnd } from './suites.ts';
import { waitFor } from './wait.ts';

/** The built program; `npm test` builds it first. */
export const programPath = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** Milliseconds that a program may run unless a test allows more. */
const longestRun = 60_000;

export interface ProgramOptions {
	/** A path, or the configuration itself, for `--config`. */
	config?: string | object;
	/** Added to an environment that has hardly anything in it. */
	env?: Record<string, string>;
	/** The home folder; a fresh one unless given. */
	home?: string;
	cwd?: string;
	/** When to end the program and remove its home: at the end of the test unless given. */
	atEnd?: AtEnd;
}

export interface Exit {
	/** Null where a signal ended the program. */
	code: number | null;
	signal: NodeJS.Signals | null;
}

export interface Result extends Exit {
	stdout: string;
	stderr: string;
	/** Standard output as the one JSON document that it must be. */
	json: <T>() => T;
}

/** A program that is running. */
export class Program {
	stdout = '';
	stderr = '';
	readonly exited: Promise<Exit>;
	readonly #child: ChildProcess;

	constructor(child: ChildProcess) {
		this.#child = child;
		child.stdout?.setEncoding('utf8').on('data', (text: string) => {
			this.stdout += text;
		});
		child.stderr?.setEncoding('utf8').on('data', (text: string) => {
			this.stderr += text;
		});
		this.exited = new Promise((resolve, reject) => {
			child.once('error', reject);
			// Not at `exit`: output may still be on its way.
			child.once('close', (code, signal) => resolve({ code, signal }));
		});
	}

	get pid(): number | undefined {
		return this.#child.pid;
	}

	get running(): boolean {
		return this.#child.exitCode === null && this.#child.signalCode === null;
	}

	signal(signal: NodeJS.Signals): void {
		this.#child.kill(signal);
	}

	/** Waits until the program has printed something. Resolves to the match. */
	async waitForOutput(
		pattern: string | RegExp,
		{ stream = 'stdout', timeout = 20_000 }: WaitForOutput = {},
	): Promise<RegExpMatchArray> {
		const expression =
			typeof pattern === 'string'
				? new RegExp(pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
				: pattern;
		return waitFor(
			() => {
				const match = this[stream].match(expression);
				if (!match && !this.running) throw new Error(`it ended without ${pattern}: ${this.said()}`);
				return match;
			},
			{ timeout, what: `${pattern} on ${stream}: ${this.said()}` },
		);
	}

	/** All that was printed, for the message of a failure. */
	said(): string {
		return `\n-- stdout\n${this.stdout}\n-- stderr\n${this.stderr}`;
	}
}

interface WaitForOutput {
	stream?: 'stdout' | 'stderr';
	timeout?: number;
}

/** Starts the program. It is killed at the end of the test if it still runs. */
export async function startProgram(
	args: readonly string[],
	options: ProgramOptions = {},
): Promise<Program> {
	const { atEnd = onTestFinished, env = {}, config } = options;
	const home = options.home ?? (await temporaryHome(atEnd));
	const path = typeof config === 'object' ? await writeConfig(config, { atEnd }) : config;
	const child = spawn(
		process.execPath,
		[programPath, ...args, ...(path === undefined ? [] : ['--config', path])],
		{
			cwd: options.cwd ?? home,
			env: { ...cleanEnvironment(home), ...env },
			stdio: ['ignore', 'pipe', 'pipe'],
		},
	);
	const program = new Program(child);
	atEnd(async () => {
		if (program.running) program.signal('SIGKILL');
		await program.exited;
	});
	return program;
}

/**
 * Runs the program to its end.
 * @param options.timeout milliseconds after which it is killed and the test fails
 */
export async function runProgram(
	args: readonly string[],
	{ timeout = longestRun, ...options }: ProgramOptions & { timeout?: number } = {},
): Promise<Result> {
	const program = await startProgram(args, options);
	let overdue = false;
	const timer = setTimeout(() => {
		overdue = true;
		program.signal('SIGKILL');
	}, timeout);
	const exit = await program.exited;
	clearTimeout(timer);
	if (overdue) throw new Error(`${args.join(' ')} ran over ${timeout} ms: ${program.said()}`);
	const { stdout, stderr } = program;
	const json = <T>(): T => {
		try {
			return JSON.parse(stdout) as T;
		} catch (error) {
			throw new Error(`no JSON on standard output: ${program.said()}`, { cause: error });
		}
	};
	return { ...exit, stdout, stderr, json };
}

/** Writes a configuration file of mode 0600. Resolves to its path. */
export async function writeConfig(
	config: object,
	{ atEnd = onTestFinished }: { atEnd?: AtEnd } = {},
): Promise<string> {
	const path = join(await temporaryHome(atEnd), 'config.json');
	await writeFile(path, JSON.stringify(config, null, '\t'), { mode: 0o600 });
	return path;
}

/** The environment that the program gets: nothing of the person's who runs the tests. */
export function cleanEnvironment(home: string): Record<string, string> {
	return {
		PATH: process.env.PATH ?? '',
		TMPDIR: tmpdir(),
		HOME: home,
		XDG_CONFIG_HOME: join(home, '.config'),
		// The one thing that is shared: the servers that were fetched.
		XDG_CACHE_HOME: dirname(cacheFolder()),
		LANG: 'C.UTF-8',
		NO_COLOR: '1',
	};
}

async function temporaryHome(atEnd: AtEnd): Promise<string> {
	const home = await mkdtemp(join(tmpdir(), 'home-'));
	await mkdir(join(home, '.config'));
	atEnd(() => rm(home, { recursive: true, force: true }));
	return home;
}

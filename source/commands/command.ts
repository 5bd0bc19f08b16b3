import type { SyncError } from '../errors.ts';
import type { FlagName, Flags } from './flags.ts';

/** What a person types to run the program. */
export const programName = 'mysql-sync-tui';

/** What a command gets from the edge. */
export interface CommandContext {
	/** What stands behind the command: pair names, or a word of its own. */
	words: string[];
	flags: Flags;
	/** Standard output: results, a string for each line. */
	out: (lines: string | readonly string[]) => void;
	/** Standard output: the one document of `--json`. */
	json: (document: unknown) => void;
	/** Standard error: messages, a string for each line. */
	err: (lines: string | readonly string[]) => void;
	/** Calls back at SIGINT or SIGTERM, once each; returns the way to stop that. */
	onSignal: (listener: (signal: 'SIGINT' | 'SIGTERM') => void) => () => void;
	version: string;
}

export interface Command {
	name: string;
	/** What may stand behind it besides flags. */
	words: string;
	/** What it does, in a line of the short help: 64 characters at most. */
	summary: string;
	/** What else its own help says, a paragraph each. */
	details?: readonly string[];
	/** Flags it takes besides --config. */
	flags: readonly FlagName[];
	/** Resolves to the exit code. @throws SyncError, which the edge prints */
	run: (context: CommandContext) => Promise<number>;
}

export const exitCode = {
	done: 0,
	needsPerson: 1,
	usage: 2,
	unreachable: 3,
	held: 4,
	SIGHUP: 129,
	SIGINT: 130,
	SIGTERM: 143,
} as const;

/** The exit code that tells of an error. */
export function exitCodeOf(error: SyncError): number {
	switch (error.code) {
		case 'usage':
		case 'config':
			return exitCode.usage;
		case 'unreachable':
			return exitCode.unreachable;
		case 'denied':
			// A refused log-in, or a database that is not there, is a server out of reach.
			return [1044, 1045, 1049, 1130, 1698].includes(error.errno ?? 0)
				? exitCode.unreachable
				: exitCode.needsPerson;
		case 'held':
			return exitCode.held;
		default:
			return exitCode.needsPerson;
	}
}

/** The code of the gravest error, or 0 where there is none. */
export function worstExitCode(errors: readonly SyncError[]): number {
	return Math.max(exitCode.done, ...errors.map(exitCodeOf));
}

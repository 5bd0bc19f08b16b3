import type { SyncError } from '../errors.ts';
import type { FlagName, Flags } from './flags.ts';

/** The name of the program on the command line. */
export const programName = 'mysql-sync-tui';

/** The context that the edge passes to a command. */
export interface CommandContext {
	/** The words after the command: pair names, or keywords of its own. */
	words: string[];
	flags: Flags;
	/** Standard output: results, one string per line. */
	out: (lines: string | readonly string[]) => void;
	/** Standard output: the JSON document of `--json`. */
	json: (document: unknown) => void;
	/** Standard error: messages, one string per line. */
	err: (lines: string | readonly string[]) => void;
	/**
	 * Calls back on SIGINT or SIGTERM, once each.
	 * @returns a function that unsubscribes
	 */
	onSignal: (listener: (signal: 'SIGINT' | 'SIGTERM') => void) => () => void;
	version: string;
}

export interface Command {
	name: string;
	/** The words that it takes besides flags. */
	words: string;
	/** One line of the short help: at most 64 characters. */
	summary: string;
	/** Further paragraphs of its own help. */
	details?: readonly string[];
	/** The flags that it takes besides --config. */
	flags: readonly FlagName[];
	/**
	 * Resolves to the exit code.
	 * @throws SyncError, which the edge prints
	 */
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

/** The exit code for an error. */
export function exitCodeOf(error: SyncError): number {
	switch (error.code) {
		case 'usage':
		case 'config':
			return exitCode.usage;
		case 'unreachable':
			return exitCode.unreachable;
		case 'denied':
			// A refused login or a missing database counts as an unreachable server.
			return [1044, 1045, 1049, 1130, 1698].includes(error.errno ?? 0)
				? exitCode.unreachable
				: exitCode.needsPerson;
		case 'held':
			return exitCode.held;
		default:
			return exitCode.needsPerson;
	}
}

/** The highest exit code of all errors; 0 if there are none. */
export function worstExitCode(errors: readonly SyncError[]): number {
	return Math.max(exitCode.done, ...errors.map(exitCodeOf));
}

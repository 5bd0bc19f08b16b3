/** The way into the terminal UI. */

import type { EngineView } from '../engine/snapshot.ts';
import { SyncError } from '../errors.ts';

export interface ScreenOptions {
	configPath: string;
	/** Offered where the configuration has no pair: where a first one goes, and how to write it. */
	setup?: { path: string; writeStarter(): Promise<string> } | undefined;
	version: string;
	/** Milliseconds between the engine's looks at the pending changes; 2000 without it. */
	refresh?: number | undefined;
	stdin?: NodeJS.ReadStream;
	stdout?: NodeJS.WriteStream;
	/** Ends the engine's work when the person quits; the screen stays until it resolves. */
	onQuit?: (() => Promise<void>) | undefined;
}

/** Why the screen was left. A terminal that went away counts as SIGHUP. */
export interface ExitReason {
	/** `quit` is q, `interrupt` is the key Ctrl-C. */
	cause: 'quit' | 'interrupt' | 'SIGINT' | 'SIGTERM' | 'SIGHUP';
	/** Whether `onQuit` had resolved by then; otherwise the engine is still at work. */
	finished: boolean;
}

/**
 * Opens the screen on the terminal and resolves when the person or a signal ends it, with the
 * terminal as it was before. Throws a SyncError of code `usage` where there is no terminal, and
 * whatever `onQuit` rejects with.
 */
export async function openScreen(engine: EngineView, options: ScreenOptions): Promise<ExitReason> {
	const { stdin = process.stdin, stdout = process.stdout } = options;
	if (!stdin.isTTY || !stdout.isTTY) {
		throw new SyncError('usage', 'The screen needs a terminal, and this is none.', {
			hint: 'Use `mysql-sync-tui run` to sync without a screen, or `mysql-sync-tui status` to look.',
		});
	}
	const { runProgram } = await import('./program.tsx');
	return runProgram(engine, options, { stdin, stdout, stderr: process.stderr });
}

/** The entry point of the terminal UI. */

import type { EngineView } from '../engine/api/snapshot.ts';
import { SyncError } from '../errors.ts';
import type { ExitReason, ScreenOptions } from './app/options.ts';

/**
 * For a caller that starts other work before it opens the screen.
 * @throws SyncError `usage` if there is no terminal
 */
export function requireTerminal(
	stdin: NodeJS.ReadStream = process.stdin,
	stdout: NodeJS.WriteStream = process.stdout,
): void {
	if (stdin.isTTY && stdout.isTTY) return;
	throw new SyncError(
		'usage',
		'The screen needs a terminal, and standard input or output is not one.',
		{
			hint: 'Use `mysql-sync-tui run` to sync without a screen, `mysql-sync-tui status` to see the state, or `mysql-sync-tui demo --headless`.',
		},
	);
}

/**
 * Opens the screen on the terminal. Resolves when the user quits or a signal
 * arrives, with the terminal restored.
 * @throws SyncError `usage` if there is no terminal; whatever `onQuit` or `failure` rejects with
 */
export async function openScreen(engine: EngineView, options: ScreenOptions): Promise<ExitReason> {
	const { stdin = process.stdin, stdout = process.stdout } = options;
	requireTerminal(stdin, stdout);
	const { runProgram } = await import('./app/program.tsx');
	return runProgram(engine, options, { stdin, stdout, stderr: process.stderr });
}

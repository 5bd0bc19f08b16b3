/** The way into the terminal UI. */

import type { EngineView } from '../engine/api/snapshot.ts';
import { SyncError } from '../errors.ts';
import type { ExitReason, ScreenOptions } from './app/options.ts';

/**
 * For a caller that begins something before it opens the screen.
 * @throws SyncError `usage` where there is no terminal
 */
export function requireTerminal(
	stdin: NodeJS.ReadStream = process.stdin,
	stdout: NodeJS.WriteStream = process.stdout,
): void {
	if (stdin.isTTY && stdout.isTTY) return;
	throw new SyncError('usage', 'The screen needs a terminal, and this is none.', {
		hint: 'Use `mysql-sync-tui run` to sync without a screen, `mysql-sync-tui status` to look, or `mysql-sync-tui demo --headless`.',
	});
}

/**
 * Opens the screen on the terminal and resolves when the person or a signal ends it, with the
 * terminal as it was before.
 * @throws SyncError `usage` where there is no terminal; whatever `onQuit` or `failure` rejects with
 */
export async function openScreen(engine: EngineView, options: ScreenOptions): Promise<ExitReason> {
	const { stdin = process.stdin, stdout = process.stdout } = options;
	requireTerminal(stdin, stdout);
	const { runProgram } = await import('./app/program.tsx');
	return runProgram(engine, options, { stdin, stdout, stderr: process.stderr });
}

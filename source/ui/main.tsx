/** The way into the terminal UI. */

import type { EngineView } from '../engine/snapshot.ts';
import { SyncError } from '../errors.ts';
import type { ExitReason, ScreenOptions } from './options.ts';

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

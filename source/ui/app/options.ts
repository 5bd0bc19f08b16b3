/** What the screen is opened with, and how it ended. */

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
	/** Rejects when the engine cannot go on: the screen is left, and that is thrown. */
	failure?: Promise<never> | undefined;
}

/** Why the screen was left. A terminal that went away counts as SIGHUP. */
export interface ExitReason {
	/** `quit` is q, `interrupt` is the key Ctrl-C. */
	cause: 'quit' | 'interrupt' | 'SIGINT' | 'SIGTERM' | 'SIGHUP';
	/** Whether `onQuit` had resolved by then; otherwise the engine is still at work. */
	finished: boolean;
}

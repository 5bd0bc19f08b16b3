/** The options of the screen and the result of running it. */

export interface ScreenOptions {
	configPath: string;
	/**
	 * Offered if the configuration has no pair: the path of the first
	 * configuration and the function that writes it.
	 */
	setup?: { path: string; writeStarter(): Promise<string> } | undefined;
	version: string;
	/** Milliseconds between the engine's reads of the pending changes; 2000 by default. */
	refresh?: number | undefined;
	stdin?: NodeJS.ReadStream;
	stdout?: NodeJS.WriteStream;
	/** Stops the engine when the user quits. The screen stays open until it resolves. */
	onQuit?: (() => Promise<void>) | undefined;
	/** Rejects if the engine cannot continue. The screen closes and the error is thrown. */
	failure?: Promise<never> | undefined;
}

/** Why the screen was closed. A vanished terminal counts as SIGHUP. */
export interface ExitReason {
	/** `quit` is q, `interrupt` is the key Ctrl-C. */
	cause: 'quit' | 'interrupt' | 'SIGINT' | 'SIGTERM' | 'SIGHUP';
	/** True if `onQuit` had resolved; otherwise the engine is still running. */
	finished: boolean;
}

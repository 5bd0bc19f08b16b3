import { loadConfig } from '../config/load.ts';
import { defaultConfigPath } from '../config/path.ts';
import { writeStarterConfig } from '../config/starter.ts';
import type { Config } from '../config/types.ts';
import { RemoteEngine } from '../engine/thread/remote-engine.ts';
import { openScreen, requireTerminal } from '../ui/main.tsx';
import { type CommandContext, exitCode } from './command.ts';

/** The terminal UI, with the engine in the background. Resolves to the exit code. */
export async function ui(context: CommandContext): Promise<number> {
	const config = await loadConfig({ path: context.flags.config, allowNoPairs: true });
	return showEngine(config, {
		version: context.version,
		setup:
			config.pairs.length > 0
				? undefined
				: {
						path: config.path,
						writeStarter: () => writeStarterConfig(context.flags.config ?? defaultConfigPath()),
					},
	});
}

interface Shown {
	version: string;
	setup?: { path: string; writeStarter: () => Promise<string> } | undefined;
}

/** The exit code for each way of leaving the screen. */
const exitCodes = {
	quit: exitCode.done,
	interrupt: exitCode.SIGINT,
	SIGINT: exitCode.SIGINT,
	SIGTERM: exitCode.SIGTERM,
	SIGHUP: exitCode.SIGHUP,
} as const;

/**
 * Starts an engine on its own thread, shows it until the user quits, and stops it. Resolves to the exit code.
 */
export async function showEngine(config: Config, { version, setup }: Shown): Promise<number> {
	requireTerminal();
	const engine = new RemoteEngine(config);
	try {
		await engine.started;
		const { cause, finished } = await openScreen(engine, {
			configPath: config.path,
			version,
			refresh: config.refresh,
			setup,
			onQuit: () => engine.stop(),
			failure: engine.failure,
		});
		// Asked twice: does not wait for the current batch, which is rolled back.
		if (!finished && (cause === 'quit' || cause === 'interrupt')) await engine.stop(0);
		return exitCodes[cause];
	} finally {
		await engine.stop();
	}
}

import { loadConfig } from '../config/load.ts';
import { defaultConfigPath } from '../config/path.ts';
import { writeStarterConfig } from '../config/starter.ts';
import { Engine } from '../engine/engine.ts';
import { openScreen, requireTerminal } from '../ui/main.tsx';
import { type CommandContext, exitCode } from './command.ts';

/** The terminal UI, with the engine running in the background. Resolves to the exit code. */
export async function ui(context: CommandContext): Promise<number> {
	const config = await loadConfig({ path: context.flags.config, allowNoPairs: true });
	return showEngine(new Engine(config), {
		configPath: config.path,
		version: context.version,
		refresh: config.refresh,
		setup:
			config.pairs.length > 0
				? undefined
				: {
						path: config.path,
						writeStarter: () => writeStarterConfig(context.flags.config ?? defaultConfigPath()),
					},
	});
}

interface ScreenOptions {
	configPath: string;
	version: string;
	refresh: number;
	setup?: { path: string; writeStarter: () => Promise<string> } | undefined;
}

/** The exit code after each way to leave the screen. */
const exitCodes = {
	quit: exitCode.done,
	interrupt: exitCode.SIGINT,
	SIGINT: exitCode.SIGINT,
	SIGTERM: exitCode.SIGTERM,
	SIGHUP: exitCode.SIGHUP,
} as const;

/** Starts the engine, shows it until the person leaves, and stops it. Resolves to the exit code. */
export async function showEngine(engine: Engine, options: ScreenOptions): Promise<number> {
	requireTerminal();
	engine.start();
	try {
		const { cause, finished } = await openScreen(engine, {
			...options,
			onQuit: () => engine.stop(),
		});
		// Who asked twice does not want to wait for the batch in hand: it is rolled back.
		if (!finished && (cause === 'quit' || cause === 'interrupt')) await engine.stop(0);
		return exitCodes[cause];
	} finally {
		await engine.stop();
	}
}

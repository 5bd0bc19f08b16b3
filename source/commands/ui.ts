import { loadConfig } from '../config/load.ts';
import { defaultConfigPath } from '../config/path.ts';
import { writeStarterConfig } from '../config/starter.ts';
import { Engine } from '../engine/engine.ts';
import { type CommandContext, exitCode } from './command.ts';

/** The terminal UI, with the engine running in the background. Resolves to the exit code. */
export async function ui(context: CommandContext): Promise<number> {
	const config = await loadConfig({ path: context.flags.config, allowNoPairs: true });
	return showEngine(new Engine(config), {
		configPath: config.path,
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

interface ScreenOptions {
	configPath: string;
	version: string;
	setup?: { path: string; writeStarter: () => Promise<string> } | undefined;
}

/** Starts the engine, shows it until the person leaves, and stops it. Resolves to the exit code. */
export async function showEngine(engine: Engine, options: ScreenOptions): Promise<number> {
	const { openScreen } = await import('../ui/main.tsx');
	const { setup, ...rest } = options;
	engine.start();
	try {
		const reason = await openScreen(engine, {
			...rest,
			...(setup && { setup }),
			onQuit: () => engine.stop(),
		});
		return reason === 'quit' ? exitCode.done : exitCode[reason];
	} finally {
		await engine.stop();
	}
}

import { nearest } from '../config/nearest.ts';
import { SyncError } from '../errors.ts';
import { type Command, type CommandContext, exitCode, type Flags } from './command.ts';
import { config } from './config.ts';
import { conflicts } from './conflicts.ts';
import { demo } from './demo.ts';
import { errors } from './errors.ts';
import { forget } from './forget.ts';
import { history } from './history.ts';
import { install } from './install.ts';
import { plainTable } from './output.ts';
import { resolve } from './resolve.ts';
import { retry } from './retry.ts';
import { run } from './run.ts';
import { status } from './status.ts';
import { sync } from './sync.ts';
import { ui } from './ui.ts';
import { uninstall } from './uninstall.ts';

const commands: readonly Command[] = [
	run,
	sync,
	status,
	install,
	uninstall,
	conflicts,
	resolve,
	errors,
	retry,
	history,
	forget,
	config,
	demo,
];

/** Flags that every command takes. */
const common: readonly (keyof Flags)[] = ['config'];

/** How a flag is written on the command line. */
export const flagNames: Record<keyof Flags, string> = {
	config: '--config',
	json: '--json',
	table: '--table',
	dropLog: '--drop-log',
	direction: '--direction',
	once: '--once',
	headless: '--headless',
	seconds: '--seconds',
	open: '--open',
	keep: '--keep',
};

/** What `--help` prints. */
export function helpText(): string[] {
	return [
		'Keeps pairs of MySQL/MariaDB databases in sync, in both directions.',
		'',
		'Usage: mysql-sync-tui [command] [pair…] [options]',
		'',
		...plainTable(
			['Command', ''],
			[
				['(none)', 'the terminal UI, with the engine running in the background'],
				...commands.map(({ name, usage, summary }) => [`${name} ${usage}`, summary]),
			],
		).map((line) => `  ${line}`),
		'',
		'Options',
		'  --config FILE  the configuration to use (default: see `config path`)',
		'  --help         this text',
		'  --version      the version',
		'',
		'Exit codes: 0 done; 1 something needs a person; 2 usage or configuration;',
		'3 a server could not be reached or was lost; 4 another engine holds the pair;',
		'130 or 143 interrupted.',
	];
}

/**
 * Runs what the command line asks for. Resolves to the exit code.
 * @param words what stands on the command line besides flags
 * @param given the flags that were given
 * @throws SyncError, which the edge prints
 */
export async function main(
	words: readonly string[],
	given: readonly (keyof Flags)[],
	context: CommandContext,
): Promise<number> {
	const [name, ...rest] = words;
	if (name === undefined) {
		refuseFlags('the terminal UI', given, common);
		return ui(context);
	}
	if (name === 'help') {
		context.out(helpText());
		return exitCode.done;
	}
	const command = commands.find((candidate) => candidate.name === name);
	if (!command) {
		const close = nearest(
			name,
			commands.map((candidate) => candidate.name),
		);
		throw new SyncError('usage', `there is no command named ${name}`, {
			hint: close ? `Did you mean ${close}?` : 'mysql-sync-tui --help lists the commands.',
		});
	}
	refuseFlags(command.name, given, [...common, ...command.flags]);
	return command.run({ ...context, words: rest });
}

function refuseFlags(
	name: string,
	given: readonly (keyof Flags)[],
	taken: readonly (keyof Flags)[],
): void {
	const stray = given.find((flag) => !taken.includes(flag));
	if (stray === undefined) return;
	throw new SyncError('usage', `${name} does not take ${flagNames[stray]}`, {
		hint: 'mysql-sync-tui --help lists what each command takes.',
	});
}

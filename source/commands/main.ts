import { nearest } from '../config/nearest.ts';
import { SyncError } from '../errors.ts';
import { type Command, type CommandContext, exitCode, programName } from './command.ts';
import { config } from './config.ts';
import { conflicts } from './conflicts.ts';
import { demo } from './demo.ts';
import { errors } from './errors.ts';
import { commonFlags, type FlagName, writtenFlag } from './flags.ts';
import { forget } from './forget.ts';
import { commandHelp, generalHelp } from './help.ts';
import { history } from './history.ts';
import { install } from './install.ts';
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

/** What stands on the command line. */
interface CommandLine {
	/** Everything besides flags. */
	words: readonly string[];
	/** The flags that were given. */
	given: readonly FlagName[];
	/** Whether help is asked for. */
	help: boolean;
}

/**
 * Runs what the command line asks for. Resolves to the exit code.
 * @throws SyncError, which the edge prints
 */
export async function main(
	{ words, given, help }: CommandLine,
	context: CommandContext,
): Promise<number> {
	const [name, ...rest] = words;
	if (name === 'help' || help) {
		const [about] = name === 'help' ? rest : words;
		context.out(about === undefined ? generalHelp(commands) : commandHelp(commandNamed(about)));
		return exitCode.done;
	}
	if (name === undefined) {
		refuseFlags('the terminal UI', given, commonFlags);
		return ui(context);
	}
	const command = commandNamed(name);
	refuseFlags(name, given, [...commonFlags, ...command.flags]);
	return command.run({ ...context, words: rest });
}

/** @throws SyncError `usage`, with the command that may have been meant */
function commandNamed(name: string): Command {
	const command = commands.find((candidate) => candidate.name === name);
	if (command) return command;
	const close = nearest(
		name,
		commands.map((candidate) => candidate.name),
	);
	throw new SyncError('usage', `there is no command named ${name}`, {
		hint: close ? `Did you mean ${close}?` : `${programName} --help lists the commands.`,
	});
}

function refuseFlags(name: string, given: readonly FlagName[], taken: readonly FlagName[]): void {
	const stray = given.find((flag) => !taken.includes(flag));
	if (stray === undefined) return;
	const isCommand = commands.some((candidate) => candidate.name === name);
	throw new SyncError('usage', `${name} does not take ${writtenFlag(stray)}`, {
		hint: isCommand
			? `${programName} help ${name} lists what it takes.`
			: `${programName} --help lists the commands.`,
	});
}

/** What `--help`, `help COMMAND` and `COMMAND --help` print, in lines of at most 80 columns. */
import { type Command, programName } from './command.ts';
import { commonFlags, flagInUsage, flagSpecs, flagUsage } from './flags.ts';
import { plainTable } from './output.ts';

const width = 80;

/** The short help: every command in a line. */
export function generalHelp(commands: readonly Command[]): string[] {
	return [
		'Keeps pairs of MySQL/MariaDB databases in sync, in both directions.',
		'',
		`Usage: ${programName} [command] [pair…] [options]`,
		'',
		...plainTable(
			['Command', ''],
			[
				['(none)', 'the terminal UI, with the engine running in the background'],
				...commands.map(({ name, summary }) => [name, summary]),
				['help COMMAND', 'what the command does and takes'],
			],
		).map(indented),
		'',
		'Options',
		...optionLines([
			...commonFlags.map(optionRow),
			['--help', 'this text'],
			['--version', 'the version'],
		]),
		'',
		'Exit codes: 0 done; 1 something needs a person; 2 usage or configuration;',
		'3 a server could not be reached or was lost; 4 another engine holds the pair;',
		'130 or 143 interrupted.',
	];
}

/** What one command does, and everything that it takes. */
export function commandHelp({ name, words, summary, details = [], flags }: Command): string[] {
	const usage = [words, ...flags.map(flagInUsage), ...commonFlags.map(flagInUsage)];
	return [
		...wrapped(`Usage: ${programName} ${name}`, usage.filter(Boolean)),
		'',
		...wrapped('', capitalized(`${summary}.`).split(' ')),
		...details.flatMap((paragraph) => ['', ...wrapped('', paragraph.split(' '))]),
		'',
		'Options',
		...optionLines([...flags, ...commonFlags].map(optionRow)),
	];
}

function optionRow(name: keyof typeof flagSpecs): [usage: string, summary: string] {
	return [flagUsage(name), flagSpecs[name].summary];
}

/** Options with their meanings beside them, or below where that would be too wide. */
function optionLines(rows: readonly [usage: string, summary: string][]): string[] {
	const fit = rows.filter(([usage]) => usage.length <= 24);
	const column = Math.max(...fit.map(([usage]) => usage.length));
	return rows.flatMap(([usage, summary]) =>
		usage.length > column
			? [indented(usage), indented(`${' '.repeat(column)}  ${summary}`)]
			: [indented(`${usage.padEnd(column)}  ${summary}`)],
	);
}

/** The parts after the head, in as many lines as they need; those below stand under the first part. */
function wrapped(head: string, parts: readonly string[]): string[] {
	const lines: string[] = [];
	const indent = head === '' ? '' : ' '.repeat(head.length + 1);
	let line = head;
	for (const part of parts) {
		const longer = line === '' ? part : `${line} ${part}`;
		if (longer.length <= width || line.trim() === '') line = longer;
		else {
			lines.push(line);
			line = `${indent}${part}`;
		}
	}
	return [...lines, line];
}

function indented(line: string): string {
	return `  ${line}`.trimEnd();
}

function capitalized(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}

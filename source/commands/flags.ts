/** The single list of flags, from which the command line is parsed, checked and documented. */

interface FlagSpec {
	type: 'boolean' | 'string';
	/** The value as shown in the help. */
	value?: string;
	summary: string;
	/** True if the flag is mandatory for the commands that take it. */
	required?: boolean;
}

export const flagSpecs = {
	config: {
		type: 'string',
		value: 'FILE',
		summary: 'the configuration to use (default: see `config path`)',
	},
	json: { type: 'boolean', summary: 'print one JSON document on standard output' },
	table: { type: 'string', value: 'T', summary: 'only this table' },
	dropLog: { type: 'boolean', summary: "drop the change log and the tool's other tables too" },
	direction: {
		type: 'string',
		value: 'local-to-cloud|cloud-to-local|both',
		summary: 'the direction to run (default: both)',
	},
	once: { type: 'boolean', summary: 'at most one batch per direction' },
	headless: { type: 'boolean', summary: 'no screen: run, compare both databases, print a summary' },
	seconds: {
		type: 'string',
		value: 'N',
		summary: 'duration without a screen (default: 20)',
	},
	open: { type: 'boolean', summary: 'unresolved conflicts only' },
	keep: {
		type: 'string',
		value: 'local|cloud',
		summary: 'the winner: the side whose version is kept',
		required: true,
	},
} as const satisfies Record<string, FlagSpec>;

export type FlagName = keyof typeof flagSpecs;

/** The values of all flags. */
export type Flags = {
	[Name in FlagName]: (typeof flagSpecs)[Name]['type'] extends 'boolean'
		? boolean
		: string | undefined;
};

export const flagNames = Object.keys(flagSpecs) as FlagName[];

/** Flags of every command. */
export const commonFlags: readonly FlagName[] = ['config'];

/** A flag as written on the command line: `--drop-log`. */
export function writtenFlag(name: string): string {
	const dashed = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
	return name.length === 1 ? `-${name}` : `--${dashed}`;
}

/** A flag with its value: `--table T`. */
export function flagUsage(name: FlagName): string {
	const { value }: FlagSpec = flagSpecs[name];
	return value === undefined ? writtenFlag(name) : `${writtenFlag(name)} ${value}`;
}

/** A flag in the usage line of a command: `[--table T]`. */
export function flagInUsage(name: FlagName): string {
	const { required = false }: FlagSpec = flagSpecs[name];
	return required ? flagUsage(name) : `[${flagUsage(name)}]`;
}

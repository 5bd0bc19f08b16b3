/** Every flag, once: what the command line is read by, checked by, and explained by. */

interface FlagSpec {
	type: 'boolean' | 'string';
	/** The value, as the help writes it. */
	value?: string;
	summary: string;
	/** Whether a command that takes it cannot do without. */
	required?: boolean;
}

export const flagSpecs = {
	config: {
		type: 'string',
		value: 'FILE',
		summary: 'the configuration to use (default: see `config path`)',
	},
	json: { type: 'boolean', summary: 'print one JSON document on standard output' },
	table: { type: 'string', value: 'T', summary: 'this table only' },
	dropLog: { type: 'boolean', summary: "drop the change log and the tool's other tables too" },
	direction: {
		type: 'string',
		value: 'local-to-cloud|cloud-to-local|both',
		summary: 'the direction to run (default: both)',
	},
	once: { type: 'boolean', summary: 'one batch per direction and no more' },
	headless: { type: 'boolean', summary: 'without a screen: work, compare, print a summary' },
	seconds: {
		type: 'string',
		value: 'N',
		summary: 'how long to work without a screen (default: 20)',
	},
	open: { type: 'boolean', summary: 'undecided conflicts only' },
	keep: {
		type: 'string',
		value: 'local|cloud',
		summary: 'the side whose version stays',
		required: true,
	},
} as const satisfies Record<string, FlagSpec>;

export type FlagName = keyof typeof flagSpecs;

/** The flags of all commands, as they were given. */
export type Flags = {
	[Name in FlagName]: (typeof flagSpecs)[Name]['type'] extends 'boolean'
		? boolean
		: string | undefined;
};

export const flagNames = Object.keys(flagSpecs) as FlagName[];

/** Flags that every command takes. */
export const commonFlags: readonly FlagName[] = ['config'];

/** How a flag is written on the command line: `--drop-log`. */
export function writtenFlag(name: string): string {
	const dashed = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
	return name.length === 1 ? `-${name}` : `--${dashed}`;
}

/** The same with its value: `--table T`. */
export function flagUsage(name: FlagName): string {
	const { value }: FlagSpec = flagSpecs[name];
	return value === undefined ? writtenFlag(name) : `${writtenFlag(name)} ${value}`;
}

/** The same in a command's usage: `[--table T]`. */
export function flagInUsage(name: FlagName): string {
	const { required = false }: FlagSpec = flagSpecs[name];
	return required ? flagUsage(name) : `[${flagUsage(name)}]`;
}

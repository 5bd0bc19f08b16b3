import { SyncError } from '../errors.ts';

/** A parsed JSON text that knows the position of each of its parts. */
export interface JsonDocument {
	value: unknown;
	/** The position of the value at a JSON pointer, or of the nearest enclosing one. */
	locate(pointer: string): { line: number; column: number };
}

const space = /[ \t\r\n]*/y;
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * Parses JSON. Unlike JSON.parse it knows the position of each key, reports line and column of every syntax
 * error, and refuses an object with a duplicate key (JSON.parse silently drops one).
 * @param file named in error messages
 * @throws SyncError `config`
 */
export function parseJson(source: string, file: string): JsonDocument {
	const text = source.replace(/^\uFEFF/, '');
	const offsets = new Map<string, number>();
	let position = 0;

	const take = (token: RegExp | string): string | undefined => {
		if (typeof token === 'string') {
			if (!text.startsWith(token, position)) return undefined;
			position += token.length;
			return token;
		}
		token.lastIndex = position;
		const found = token.exec(text)?.[0];
		position += found?.length ?? 0;
		return found;
	};
	const fault = (message: string, offset = position): SyncError => {
		const { line, column } = lineAndColumn(text, offset);
		return new SyncError('config', `${file}:${line}:${column}: ${message}`, {
			hint: 'The file must be valid JSON. Correct it at that position.',
		});
	};
	const expected = (what: string): SyncError => {
		const rest = text.slice(position);
		if (rest === '') return fault(`the file ends where ${what} is expected`);
		if (/^\/[/*]/.test(rest)) return fault('JSON has no comments');
		if (rest.startsWith("'")) return fault('strings take double quotes, not single quotes');
		return fault(`${what} is expected here`);
	};

	const unquoted = (what: string): SyncError => {
		if (!text.startsWith('"', position)) return expected(what);
		return fault('string without a closing quote, or with a line break or stray backslash');
	};

	const member = (pointer: string, keys: Set<string>): void => {
		const start = position;
		const quoted = take(string);
		if (quoted === undefined) throw unquoted('a key in double quotes');
		const key = String(JSON.parse(quoted));
		if (keys.has(key)) throw fault(`the key ${quoted} appears twice in one object`, start);
		keys.add(key);
		take(space);
		if (!take(':')) throw expected('a colon');
		take(space);
		const path = `${pointer}/${escapePointer(key)}`;
		value(path);
		offsets.set(path, start);
	};
	const list = (close: string, item: (index: number) => void): void => {
		take(space);
		if (take(close)) return;
		for (let index = 0; ; index++) {
			item(index);
			take(space);
			if (take(close)) return;
			const comma = position;
			if (!take(',')) throw expected(`a comma or ${close}`);
			take(space);
			if (text.startsWith(close, position)) throw fault(`trailing comma before ${close}`, comma);
		}
	};
	const value = (pointer: string): void => {
		offsets.set(pointer, position);
		if (take('{')) {
			const keys = new Set<string>();
			list('}', () => member(pointer, keys));
		} else if (take('[')) {
			list(']', (index) => value(`${pointer}/${index}`));
		} else if (take(string) === undefined && take(scalar) === undefined) {
			throw unquoted('a value');
		}
	};

	take(space);
	value('');
	take(space);
	if (position < text.length) throw expected('the end of the file');

	return {
		value: JSON.parse(text),
		locate(pointer) {
			let known = pointer;
			while (known !== '' && !offsets.has(known)) known = known.slice(0, known.lastIndexOf('/'));
			return lineAndColumn(text, offsets.get(known) ?? 0);
		},
	};
}

/** Escapes a key for use in a JSON pointer. */
export function escapePointer(key: string): string {
	return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** A JSON pointer in readable form: `sync_pairs[0].local.port`. */
export function readablePointer(pointer: string): string {
	const steps = pointer.split('/').slice(1);
	return steps
		.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
		.map((step) => {
			if (/^\d+$/.test(step)) return `[${step}]`;
			return /^[\w$-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
		})
		.join('')
		.replace(/^\./, '');
}

function lineAndColumn(text: string, offset: number): { line: number; column: number } {
	const before = text.slice(0, offset).split('\n');
	return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** The parts of a table's definition. */
import {
	afterBracket,
	splitAtCommas,
	startsWith,
	type Token,
	tokenize,
	unquoted,
} from './tokens.ts';

export interface DefinedColumn {
	name: string;
	/** The definition after the name. */
	tokens: Token[];
}

export type KeyKind = 'PRIMARY' | 'UNIQUE' | 'KEY' | 'FULLTEXT' | 'SPATIAL' | 'VECTOR';

export interface DefinedKey {
	kind: KeyKind;
	/** Null for the primary key. */
	name: Token | null;
	/** Each part is a column, possibly with a length and an order, or an expression in brackets. */
	parts: Token[][];
	options: Token[];
}

export interface DefinedConstraint {
	kind: 'FOREIGN KEY' | 'CHECK' | 'PERIOD';
	name: Token | null;
	/** The complete constraint without its name. */
	tokens: Token[];
}

export interface Definition {
	name: Token;
	columns: DefinedColumn[];
	keys: DefinedKey[];
	constraints: DefinedConstraint[];
	options: Token[];
	/** From PARTITION BY on. */
	partitions: Token[];
}

/** Parses the output of SHOW CREATE TABLE. */
export function parseDefinition(sql: string): Definition {
	const tokens = tokenize(sql);
	const open = tokens.findIndex(({ text, kind }) => kind === 'sign' && text === '(');
	const name = tokens[open - 1];
	if (open < 0 || !name) throw new TypeError(`no definition of a table: ${sql}`);
	const close = afterBracket(tokens, open);
	const definition: Definition = {
		name,
		columns: [],
		keys: [],
		constraints: [],
		options: [],
		partitions: [],
	};
	for (const item of splitAtCommas(tokens.slice(open + 1, close - 1))) addItem(definition, item);
	const rest = tokens.slice(close);
	const partition = rest.findIndex((_, index) => startsWith(rest, 'PARTITION BY', index));
	definition.options = partition < 0 ? rest : rest.slice(0, partition);
	definition.partitions = partition < 0 ? [] : rest.slice(partition);
	return definition;
}

const keyKinds: readonly [string, KeyKind][] = [
	['PRIMARY KEY', 'PRIMARY'],
	['UNIQUE KEY', 'UNIQUE'],
	['FULLTEXT KEY', 'FULLTEXT'],
	['SPATIAL KEY', 'SPATIAL'],
	['VECTOR KEY', 'VECTOR'],
	['KEY', 'KEY'],
];

function addItem({ columns, keys, constraints }: Definition, item: Token[]): void {
	const [first] = item;
	if (first?.kind === 'name') {
		columns.push({ name: unquoted(first), tokens: item.slice(1) });
		return;
	}
	const named = startsWith(item, 'CONSTRAINT');
	const tokens = named ? item.slice(2) : item;
	const name = (named && item[1]) || null;
	if (startsWith(tokens, 'FOREIGN KEY')) constraints.push({ kind: 'FOREIGN KEY', name, tokens });
	else if (startsWith(tokens, 'CHECK')) constraints.push({ kind: 'CHECK', name, tokens });
	else if (startsWith(tokens, 'PERIOD FOR')) constraints.push({ kind: 'PERIOD', name, tokens });
	const [words, kind] = keyKinds.find(([start]) => startsWith(tokens, start)) ?? [];
	if (!words || !kind) return;
	const open = tokens.findIndex(({ text, kind: sort }) => sort === 'sign' && text === '(');
	const close = afterBracket(tokens, open);
	const before = tokens.slice(words.split(' ').length, open);
	keys.push({
		kind,
		name: before.find((token) => token.kind === 'name') ?? null,
		parts: splitAtCommas(tokens.slice(open + 1, close - 1)),
		options: [...before.filter((token) => token.kind !== 'name'), ...tokens.slice(close)],
	});
}

/** The column of a key's part; null for an expression. */
export function columnOf(part: readonly Token[]): string | null {
	const [first] = part;
	return first?.kind === 'name' ? unquoted(first) : null;
}

/**
 * Translates the complete definition of a table for another server. What that server does not
 * support is left out and listed. Everything else is kept: keys, foreign keys, checks,
 * defaults, generated columns, comments, partitions.
 */
import { visible } from '../../text/visible.ts';
import type { Column, Table } from '../catalogue/catalogue.ts';
import { describeServer } from '../connection/session.ts';
import { hasType, typeAsText } from '../values/vendor-types.ts';
import { translateColumn } from './columns.ts';
import { translateConstraint } from './constraints.ts';
import { translateKey } from './keys.ts';
import { translateOptions, translatePartitions } from './options.ts';
import {
	type DefinedColumn,
	type DefinedConstraint,
	type DefinedKey,
	type Definition,
	parseDefinition,
} from './parse.ts';
import { render, type Token, unquoted, withoutIntroducers } from './tokens.ts';
import type { Target, Translation } from './translation.ts';

export interface Translated {
	/** Null if the other server cannot have such a table. */
	statement: string | null;
	/** Why it cannot. */
	refused: string[];
	/** What differs from the original. */
	leftOut: string[];
	/** What must be done first. */
	required: string[];
}

/**
 * @param sql the output of SHOW CREATE TABLE
 * @param from the table as read from the catalogue
 */
export function translateDefinition(sql: string, from: Table, to: Target): Translated {
	const parsed = adapted(parseDefinition(sql), to);
	const leftOut: string[] = [];
	const required: string[] = [];
	const refused = whyImpossible(from, to);
	const translation: Translation = {
		from,
		to,
		same: from.product === to.product,
		rewritten: [],
		periods: periodsOf(parsed.constraints),
		leaveOut: (what) => leftOut.push(what),
		require: (what) => required.push(what),
	};
	if (refused.length > 0) return { statement: null, refused, leftOut, required };
	const collations = referredCollations(translation);
	const columns = parsed.columns.flatMap((column): DefinedColumn[] => {
		const inKey = parsed.keys.filter(({ parts }) =>
			parts.some(([first]) => first?.kind === 'name' && hasName(first, column.name)),
		);
		const tokens = translateColumn(translation, column, inKey, collations.get(column.name) ?? null);
		return tokens ? [{ name: column.name, tokens }] : [];
	});
	if (translation.rewritten.length > 0) {
		leftOut.push(
			`the exact text of the JSON in ${translation.rewritten.join(', ')} (MySQL keeps its values, and all numbers but 64-bit integers as DOUBLE)`,
		);
	}
	const has = (name: string) => columns.some((column) => column.name === name);
	const keys = parsed.keys.flatMap((key) => translateKey(translation, key, has) ?? []);
	const constraints = parsed.constraints.flatMap(
		(constraint) => translateConstraint(translation, constraint) ?? [],
	);
	const items = [
		...columns.map(({ name, tokens }) => `${quotedName(name)} ${render(tokens)}`),
		...keys.map(renderKey),
		...constraints.map(({ name, tokens }) =>
			name ? `CONSTRAINT ${name.text} ${render(tokens)}` : render(tokens),
		),
	];
	const options = translateOptions(translation, parsed.options);
	const partitions = translatePartitions(translation, parsed.partitions);
	const create = `CREATE TABLE ${parsed.name.text} (${items.join(', ')})`;
	const statement = [create, render(options), render(partitions)].filter(Boolean).join(' ');
	// MySQL's default sql_mode refuses such a default, and with it the table.
	const hasZeroDate = /DEFAULT '0000-00-00|DEFAULT '\d{4}-00-|DEFAULT '\d{4}-\d\d-00/i.test(
		statement,
	);
	const pinned = to.product === 'mysql' && hasZeroDate ? "SET sql_mode = ''; " : '';
	if (visible(statement) !== statement) {
		required.push(
			'its definition contains characters that cannot be shown here: copy it from SHOW CREATE TABLE on the side that has it',
		);
		return { statement: null, refused, leftOut, required: [...new Set(required)] };
	}
	return { statement: pinned + statement, refused, leftOut, required: [...new Set(required)] };
}

/** Why a server cannot have a table at all; empty if it can. */
export function whyImpossible(from: Table, to: Pick<Target, 'product' | 'version'>): string[] {
	const foreign = from.columns.filter(
		({ type }) => !hasType(to, type) && typeAsText[type] === undefined,
	);
	const computed =
		to.product === 'mariadb'
			? from.columns.filter(({ inKey, generated }) => inKey && generated)
			: [];
	return [
		...foreign.map(
			({ name, fullType }) =>
				`the column ${name} is ${fullType}, a type that ${describeServer(to)} lacks`,
		),
		...computed.map(
			({ name }) => `${name} is a generated column, which MariaDB does not allow in a primary key`,
		),
	];
}

function adapted(definition: Definition, { product }: Pick<Target, 'product'>): Definition {
	if (product === 'mysql') return definition;
	// MariaDB does not escape a string again that it stores unescaped, and then cannot parse its own definition.
	const adapt = <Part extends { tokens: Token[] }>(part: Part): Part => ({
		...part,
		tokens: withoutIntroducers(part.tokens),
	});
	const { columns, constraints } = definition;
	return { ...definition, columns: columns.map(adapt), constraints: constraints.map(adapt) };
}

function periodsOf(constraints: readonly DefinedConstraint[]): Translation['periods'] {
	return new Map(
		constraints.flatMap(({ kind, tokens }) => {
			const open = tokens.findIndex(({ text }) => text === '(');
			const [name, start, end] = [tokens[open - 1], tokens[open + 1], tokens[open + 3]];
			if (kind !== 'PERIOD' || !name || !start || !end) return [];
			return [[unquoted(name), { start: unquoted(start), end: unquoted(end) }] as const];
		}),
	);
}

function hasName(token: Token, name: string): boolean {
	return token.text === quotedName(name);
}

function quotedName(name: string): string {
	return `\`${name.replaceAll('`', '``')}\``;
}

function renderKey({ kind, name, parts, options }: DefinedKey): string {
	const words = kind === 'KEY' ? 'KEY' : `${kind} KEY`;
	const head = name ? `${words} ${name.text}` : words;
	const listed = parts.map(render).join(', ');
	return [`${head} (${listed})`, render(options)].filter(Boolean).join(' ');
}

/** A foreign key requires exactly the collation of the referenced column on the other server. */
function referredCollations({ from, to }: Translation): Map<string, Column> {
	const found = new Map<string, Column>();
	for (const { parent, columns, parentColumns } of from.foreignKeys) {
		const table = to.tables.find(({ name }) => name.toLowerCase() === parent.toLowerCase());
		for (const [index, name] of columns.entries()) {
			const referred = table?.columns.find(
				(column) => column.name.toLowerCase() === parentColumns[index]?.toLowerCase(),
			);
			if (referred?.collation) found.set(name, referred);
		}
	}
	return found;
}

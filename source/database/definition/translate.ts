/**
 * Translates the complete definition of a table for another server. What that server does not
 * support is left out and listed. Everything else is kept: keys, foreign keys, checks,
 * defaults, generated columns, comments, partitions.
 */
import type { Column, Table } from '../catalogue/catalogue.ts';
import { translateColumn } from './columns.ts';
import { translateConstraint } from './constraints.ts';
import { translateKey } from './keys.ts';
import { translateOptions, translatePartitions } from './options.ts';
import { type DefinedColumn, type DefinedKey, parseDefinition } from './parse.ts';
import { render, type Token } from './tokens.ts';
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
	const parsed = parseDefinition(sql);
	const leftOut: string[] = [];
	const required: string[] = [];
	const refused: string[] = [];
	const translation: Translation = {
		from,
		to,
		same: from.product === to.product,
		leaveOut: (what) => leftOut.push(what),
		refuse: (why) => refused.push(why),
		require: (what) => required.push(what),
	};
	const computed = from.columns.filter(({ inKey, generated }) => inKey && generated);
	if (to.product === 'mariadb') {
		for (const { name } of computed) {
			refused.push(`${name} is a generated column, which MariaDB does not allow in a primary key`);
		}
	}
	const collations = referredCollations(translation);
	const columns = parsed.columns.flatMap((column): DefinedColumn[] => {
		const inKey = parsed.keys.filter(({ parts }) =>
			parts.some(([first]) => first?.kind === 'name' && isNamed(first, column.name)),
		);
		const tokens = translateColumn(translation, column, inKey, collations.get(column.name) ?? null);
		return tokens ? [{ name: column.name, tokens }] : [];
	});
	const has = (name: string) => columns.some((column) => column.name === name);
	const keys = parsed.keys.flatMap((key) => translateKey(translation, key, has) ?? []);
	const constraints = parsed.constraints.flatMap(
		(constraint) => translateConstraint(translation, constraint) ?? [],
	);
	if (refused.length > 0) return { statement: null, refused, leftOut, required: [] };
	const items = [
		...columns.map(({ name, tokens }) => `${quoted(name)} ${render(tokens)}`),
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
	return { statement: pinned + statement, refused, leftOut, required: [...new Set(required)] };
}

function isNamed(token: Token, name: string): boolean {
	return token.text === quoted(name);
}

function quoted(name: string): string {
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

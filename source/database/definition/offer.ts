/** The statements that create one server's tables on the other, based on both servers' catalogues. */
import { asSyncError } from '../../errors.ts';
import type { Table } from '../catalogue/catalogue.ts';
import type { Connection } from '../connection/connection.ts';
import { quoteName } from '../sql/identifiers.ts';
import { quoteStrings, TextBytes } from '../sql/literals.ts';
import type { KnownCollations } from './collations.ts';
import { parseDefinition } from './parse.ts';
import { withRawBytes } from './raw-bytes.ts';
import { unquoted } from './tokens.ts';
import { type Translated, translateDefinition, whyImpossible } from './translate.ts';
import type { Target } from './translation.ts';
import { trialOf } from './trial.ts';

/**
 * Translates complete definitions for the other side's server, which is asked what it supports. Reads only,
 * in a few round trips for any number of tables.
 * @param there the existing tables of the target
 * @param before earlier translations: unchanged tables are not translated again
 */
export async function offerTables(
	source: Connection,
	target: Connection,
	tables: readonly Table[],
	there: readonly Table[],
	before: Map<string, Translated> = new Map(),
): Promise<Map<Table, Translated>> {
	const definitions = await readDefinitions(source, tables);
	const offers = new Map<Table, Translated>();
	const fresh: { table: Table; sql: string; id: string }[] = [];
	const comingBefore = creationOrder(
		tables.filter((table) => whyImpossible(table, target.server).length === 0),
		there,
	);
	const taken = await takenNames(target, definitions);
	for (const table of tables) {
		const sql = definitions.get(table);
		if (sql === undefined) continue;
		// The counter keeps changing; the report must not change with every row.
		const settled = sql.replace(/ AUTO_INCREMENT=\d+/, '');
		const coming = referencedTables(table, comingBefore(table));
		const names = [...(taken.get(table) ?? [])];
		const id = JSON.stringify([settled, referencedTables(table, there), coming, names]);
		const known = before.get(id);
		if (known) offers.set(table, known);
		else fresh.push({ table, sql, id });
	}
	if (fresh.length === 0) return offers;
	const { product, version } = target.server;
	const to = {
		...{ product, version, tables: there, comingBefore },
		isNameTaken: (name: string, of: Table) => taken.get(of)?.has(name.toLowerCase()) ?? false,
		...(await knownCollations(target)),
	};
	const asked = new Set<string>();
	const ask: Target['knows'] = (expression, from) => {
		asked.add(trialOf(expression, from, to));
		return true;
	};
	const translate = (knows: Target['knows']) =>
		fresh.map(({ table, sql }) => translateDefinition(sql, table, { ...to, knows }));
	const whole = translate(ask);
	const unknown = await unknownOf(target, asked);
	const knows: Target['knows'] = (expression, from) => !unknown.has(trialOf(expression, from, to));
	const translated = unknown.size === 0 ? whole : translate(knows);
	for (const [index, { table, id }] of fresh.entries()) {
		const offer = translated[index];
		if (!offer) continue;
		offers.set(table, offer);
		before.set(id, offer);
	}
	return offers;
}

/** The tables of the target that a table references. */
function referencedTables({ foreignKeys }: Table, there: readonly Table[]): readonly Table[] {
	const parents = new Set(foreignKeys.map(({ parent }) => parent.toLowerCase()));
	return there.filter(({ name }) => parents.has(name.toLowerCase()));
}

/**
 * The tables that can be created before another one, among those to be created: all that do not reference it,
 * directly or through other tables.
 */
function creationOrder(tables: readonly Table[], there: readonly Table[]): Target['comingBefore'] {
	const byName = new Map(tables.map((table) => [table.name.toLowerCase(), table]));
	for (const { name } of there) byName.delete(name.toLowerCase());
	const parentsIn = (table: Table) =>
		table.foreignKeys.flatMap(({ parent }) => byName.get(parent.toLowerCase()) ?? []);
	const ancestors = (table: Table) => {
		const found = new Set<Table>();
		const open = [...parentsIn(table)];
		for (let next = open.pop(); next; next = open.pop()) {
			if (found.has(next)) continue;
			found.add(next);
			open.push(...parentsIn(next));
		}
		return found;
	};
	return (table) => parentsIn(table).filter((parent) => !ancestors(parent).has(table));
}

/**
 * For each table, in lower case, the names of constraints that another table of the target has, or that
 * another table to be created gets.
 */
async function takenNames(
	target: Connection,
	definitions: ReadonlyMap<Table, string>,
): Promise<Map<Table, Set<string>>> {
	const ofDatabase = target.server.product === 'mysql' ? ['FOREIGN KEY', 'CHECK'] : ['FOREIGN KEY'];
	const named = new Map(
		[...definitions].map(([table, sql]) => [table, constraintNames(sql, ofDatabase)] as const),
	);
	const found = new Map<Table, Set<string>>();
	if ([...named.values()].every((names) => names.length === 0)) return found;
	const rows = await target.rows<{ name: string }>(
		`SELECT constraint_name AS name FROM information_schema.table_constraints
		WHERE constraint_schema = DATABASE() AND constraint_type IN (${quoteStrings(ofDatabase)})`,
	);
	const taken = new Set(rows.map(({ name }) => name.toLowerCase()));
	for (const [table, names] of named) {
		found.set(table, new Set(names.filter((name) => taken.has(name))));
		for (const name of names) taken.add(name);
	}
	return found;
}

function constraintNames(sql: string, kinds: readonly string[]): string[] {
	return parseDefinition(sql).constraints.flatMap(({ kind, name }) =>
		name && kinds.includes(kind) ? [unquoted(name).toLowerCase()] : [],
	);
}

async function readDefinitions(
	source: Connection,
	tables: readonly Table[],
): Promise<Map<Table, string>> {
	const answers = await source.together(() =>
		Promise.all([
			// Unquoted names could not be told from keywords.
			source.run('SET SESSION sql_quote_show_create = 1'),
			...tables.map(({ name }) => source.arrays(`SHOW CREATE TABLE ${quoteName(name)}`)),
		]),
	);
	const definitions = new Map<Table, string>();
	for (const [index, table] of tables.entries()) {
		const rows = answers[index + 1];
		const sql = Array.isArray(rows) ? rows[0]?.[1] : undefined;
		if (typeof sql === 'string') definitions.set(table, sql);
		// Bytes in a default, which MariaDB shows raw.
		else if (sql instanceof TextBytes) definitions.set(table, withRawBytes(sql.bytes));
	}
	return definitions;
}

/** The expressions that the server does not support. Usually there are none, which takes one packet. */
async function unknownOf(target: Connection, trials: ReadonlySet<string>): Promise<Set<string>> {
	try {
		await target.together(() => Promise.all([...trials].map((sql) => target.arrays(sql))));
		return new Set();
	} catch (thrown) {
		if (asSyncError(thrown).code === 'unreachable') throw thrown;
	}
	const unknown = new Set<string>();
	for (const sql of trials) {
		try {
			await target.arrays(sql);
		} catch (thrown) {
			if (asSyncError(thrown).code === 'unreachable') throw thrown;
			unknown.add(sql);
		}
	}
	return unknown;
}

/** MariaDB's newer collations have a full name per character set. */
async function knownCollations(target: Connection): Promise<KnownCollations> {
	const rows = await target.rows<Record<string, string | null>>(
		'SELECT * FROM information_schema.collation_character_set_applicability',
	);
	const named = rows.map((row) => ({
		collation: row.FULL_COLLATION_NAME ?? row.COLLATION_NAME ?? '',
		characterSet: row.CHARACTER_SET_NAME ?? '',
	}));
	return {
		collations: new Set(named.map(({ collation }) => collation.toLowerCase())),
		characterSets: new Set(named.map(({ characterSet }) => characterSet.toLowerCase())),
	};
}

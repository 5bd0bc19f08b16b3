/** The statements that create one server's tables on the other, based on both servers' catalogues. */
import { asSyncError } from '../../errors.ts';
import type { Table } from '../catalogue/catalogue.ts';
import type { Connection } from '../connection/connection.ts';
import { quoteName } from '../sql/identifiers.ts';
import type { KnownCollations } from './collations.ts';
import { render, type Token } from './tokens.ts';
import { type Translated, translateDefinition } from './translate.ts';
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
	for (const table of tables) {
		const sql = definitions.get(table);
		if (sql === undefined) continue;
		// The counter keeps changing; the report must not change with every row.
		const settled = sql.replace(/ AUTO_INCREMENT=\d+/, '');
		const id = JSON.stringify([settled, parentsOf(table, there)]);
		const known = before.get(id);
		if (known) offers.set(table, known);
		else fresh.push({ table, sql, id });
	}
	if (fresh.length === 0) return offers;
	const { product, version } = target.server;
	const to = { product, version, tables: there, ...(await knownCollations(target)) };
	const asked = new Map<string, readonly Token[]>();
	const ask: Target['knows'] = (expression) => {
		asked.set(render(expression), expression);
		return true;
	};
	const translate = (knows: Target['knows']) =>
		fresh.map(({ table, sql }) => translateDefinition(sql, table, { ...to, knows }));
	const whole = translate(ask);
	const unknown = await unknownOf(target, asked);
	const knows: Target['knows'] = (expression) => !unknown.has(render(expression));
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
function parentsOf({ foreignKeys }: Table, there: readonly Table[]): readonly Table[] {
	const parents = new Set(foreignKeys.map(({ parent }) => parent.toLowerCase()));
	return there.filter(({ name }) => parents.has(name.toLowerCase()));
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
	}
	return definitions;
}

/** The expressions that the server does not support. Usually there are none, which takes one packet. */
async function unknownOf(
	target: Connection,
	asked: ReadonlyMap<string, readonly Token[]>,
): Promise<Set<string>> {
	const trials = [...asked].map(([text, expression]) => ({ text, sql: trialOf(expression) }));
	try {
		await target.together(() => Promise.all(trials.map(({ sql }) => target.arrays(sql))));
		return new Set();
	} catch (thrown) {
		if (asSyncError(thrown).code === 'unreachable') throw thrown;
	}
	const unknown = new Set<string>();
	for (const { text, sql } of trials) {
		try {
			await target.arrays(sql);
		} catch (thrown) {
			if (asSyncError(thrown).code === 'unreachable') throw thrown;
			unknown.add(text);
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

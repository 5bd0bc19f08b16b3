import type { Connection, RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { quoteName } from '../../../source/database/sql/identifiers.ts';
import { compareTables } from '../../support/compare-tables.ts';
import { enginePair, errorsOf } from '../../support/engine-pair.ts';
import { hasNewMariadb } from '../../support/servers.ts';
import { describeCombinations, everything } from '../../support/suites.ts';
import { formerlyWrong, type OfferedTable, otherTables } from './offered-tables.ts';

/** Creates what an application had: it is not stopped by what a strict session refuses. */
async function create(source: Connection, tables: readonly OfferedTable[]): Promise<void> {
	await source.query(
		"SET @mode = @@sql_mode, sql_mode = 'NO_ENGINE_SUBSTITUTION', foreign_key_checks = 0",
	);
	for (const { name, definition, rows } of tables) {
		await source.query(`CREATE TABLE ${quoteName(name)} ${definition}`);
		for (const row of rows) await source.query(`INSERT INTO ${quoteName(name)} VALUES ${row}`);
	}
	await source.query(
		'ALTER TABLE circle_a ADD CONSTRAINT circ_a FOREIGN KEY (b) REFERENCES circle_b (id)',
	);
	await source.query('SET sql_mode = @mode, foreign_key_checks = 1');
}

/** Every value of a table as the server turns it into bytes, but of what changes with each update. */
async function valuesOf(source: Connection, table: string): Promise<string> {
	const [columns] = await source.query<RowDataPacket[]>(
		`SELECT column_name AS name, data_type AS type FROM information_schema.columns
		WHERE table_schema = DATABASE() AND table_name = ? AND column_name <> 'touch'
		AND extra NOT LIKE '%on update%' AND extra NOT LIKE '% generated%'
		ORDER BY ordinal_position`,
		[table],
	);
	// Of FLOAT and DOUBLE the text is shortened.
	const list = columns.map(({ name, type }) =>
		/float|double/.test(type)
			? `CAST(${quoteName(name)} AS DOUBLE)`
			: `HEX(CAST(${quoteName(name)} AS BINARY))`,
	);
	const [rows] = await source.query({
		sql: `SELECT ${list.join(', ')} FROM ${quoteName(table)} ORDER BY 1`,
		rowsAsArray: true,
	});
	return JSON.stringify(rows);
}

describeCombinations('a table that is created as it is offered, between', (products) => {
	const isHere = ({ on, newMariadb }: OfferedTable) =>
		on.includes(products.local) && (!newMariadb || hasNewMariadb());
	const same = products.local === products.cloud;
	const tables = [...formerlyWrong, ...(everything ? otherTables : [])].filter(isHere);

	it('takes every value and gives it back, and what it lacks was said', async () => {
		const pair = await enginePair(products);
		const [source, target] = [pair.local.connection, pair.cloud.connection];
		if (products.local === 'mariadb') await source.query('CREATE SEQUENCE sq');
		await create(source, tables);
		const before = new Map<string, string>();
		for (const { name } of tables) before.set(name, await valuesOf(source, name));
		const wrong: string[] = [];
		const linesOf = (said: readonly string[], name: string) =>
			said.filter((line) => line.startsWith(`pair: ${name}:`) || line.startsWith(`pair: ${name} `));
		const { said } = await pair.sync();
		const created: OfferedTable[] = [];
		for (const table of inOrder(tables)) {
			const [line = ''] = linesOf(said, table.name);
			const isVector = table.name.startsWith('vector') && !hasNewMariadb();
			if (isVector && products.cloud === 'mariadb') {
				if (!/cannot be created there: the column v is vector/.test(line)) wrong.push(line);
				continue;
			}
			if (!same && table.leftOut && !table.leftOut.test(line)) {
				wrong.push(`${table.name}: not said: ${table.leftOut}: ${line}`);
			}
			const statement = /\. Fix \(cloud\): (.*)$/.exec(line)?.[1] ?? '';
			try {
				// In a person's own session.
				await (await pair.cloud.connect()).query(statement);
				created.push(table);
			} catch (error) {
				wrong.push(`${table.name}: ${error}: ${line}`);
			}
		}

		const first = await pair.sync();
		const { said: later } = await pair.sync();
		for (const { name, toldLater } of created) {
			const lines = linesOf(later, name).filter((line) => !toldLater?.test(line));
			wrong.push(...lines, ...(await compareTables(source, target, [name])));
			await target.query(`UPDATE ${quoteName(name)} SET touch = 1`);
		}
		const second = await pair.sync();
		for (const { name } of created) {
			wrong.push(...(await compareTables(source, target, [name])));
			const after = await valuesOf(source, name);
			// Of its JSON MySQL keeps the values, as was said.
			const isRewritten = linesOf(said, name).some((line) =>
				line.includes('exact text of the JSON'),
			);
			if (!isRewritten && after !== before.get(name))
				wrong.push(`${name}: ${before.get(name)}: ${after}`);
		}
		const refused = [...errorsOf(first), ...errorsOf(second)];
		expect([...wrong, ...refused]).toEqual([]);
		await carryOutAdvice(target, linesOf(later, 'circle_a'));
		await carryOutAdvice(target, linesOf(later, 'circle_b'));
		const { said: last } = await pair.sync();
		expect([...linesOf(last, 'circle_a'), ...linesOf(last, 'circle_b')]).toEqual([]);
	});
});

/** Those that others refer to first, as the offers ask for it. */
function inOrder(tables: readonly OfferedTable[]): OfferedTable[] {
	const isParent = ({ name }: OfferedTable) => /parent/.test(name);
	return [...tables.filter(isParent), ...tables.filter((table) => !isParent(table))];
}

async function carryOutAdvice(target: Connection, lines: readonly string[]): Promise<void> {
	for (const line of lines) {
		const statement = /\. Fix \(cloud\): (ALTER .*)$/.exec(line)?.[1];
		if (statement) await target.query(statement);
	}
}

import type { Connection as Application, RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { readCatalogue } from '../../../source/database/catalogue/cached-catalogue.ts';
import type { Table } from '../../../source/database/catalogue/catalogue.ts';
import type { Connection } from '../../../source/database/connection/connection.ts';
import { offerTables } from '../../../source/database/definition/offer.ts';
import { otherKeys } from '../../../source/database/pairing/one-sided-keys.ts';
import { quoteName } from '../../../source/database/sql/identifiers.ts';
import { freshDatabase } from '../../support/databases.ts';
import { openEnd } from '../../support/ends.ts';
import { hasNewMariadb } from '../../support/servers.ts';
import { describeCombinations } from '../../support/suites.ts';
import { tablesOf } from './tables.ts';

interface End {
	application: Application;
	connection: Connection;
}

async function tableOf({ connection }: End, name: string): Promise<Table> {
	const table = (await readCatalogue(connection)).find((one) => one.name === name);
	if (!table) throw new Error(`there is no ${name}`);
	return table;
}

async function definitionOf({ application }: End, name: string): Promise<string> {
	const [rows] = await application.query<RowDataPacket[]>(`SHOW CREATE TABLE ${quoteName(name)}`);
	return String(rows[0]?.['Create Table']);
}

/** How often a definition has what was asked for. */
function count(definition: string, pattern: RegExp): number {
	return definition.match(pattern)?.length ?? 0;
}

const features: readonly RegExp[] = [
	/ (NOT NULL|PRIMARY KEY)/g,
	/ DEFAULT (?!NULL)/g,
	/GENERATED ALWAYS AS/g,
	/AUTO_INCREMENT/g,
	/ON UPDATE current_timestamp/gi,
	/COMMENT/g,
	/ON DELETE (CASCADE|SET NULL)/g,
	/FOREIGN KEY/g,
	/PARTITION BY|PARTITIONS/g,
	/INVISIBLE|IGNORED/g,
	/zerofill/gi,
];

describeCombinations('the statement that is offered for a missing table', (products) => {
	it('creates all of it on the other server, or says what that cannot have', async () => {
		const [here, there] = [
			await freshDatabase(products.local),
			await freshDatabase(products.cloud),
		];
		const from: End = {
			application: await here.connect(),
			connection: await openEnd(here, { side: 'local' }),
		};
		const to: End = {
			application: await there.connect(),
			connection: await openEnd(there, { side: 'cloud' }),
		};
		const same = products.local === products.cloud;
		const own = (await from.application.query<RowDataPacket[]>('SELECT @@sql_mode AS mode'))[0][0]
			?.mode;
		if (products.local === 'mariadb') await from.application.query('CREATE SEQUENCE numbers');
		if (products.local === 'mariadb' && same) await to.application.query('CREATE SEQUENCE numbers');
		const wrong: string[] = [];
		for (const { name, definition, leftOut = [], refused } of tablesOf[products.local]) {
			await from.application.query("SET sql_mode = ''");
			await from.application.query(`CREATE TABLE \`${name}\` ${definition}`);
			await from.application.query(`SET sql_mode = '${own}'`);
			const called = name.replaceAll('``', '`');
			const table = await tableOf(from, called);
			const tables = await readCatalogue(to.connection);
			const offers = await offerTables(from.connection, to.connection, [table], tables);
			const offered = offers.get(table);
			if (!offered) throw new Error(`nothing is offered for ${called}`);
			const isKnown = name === 'vectors' && hasNewMariadb();
			const isRefused = isKnown ? null : (refused?.[products.cloud] ?? null);
			if (offered.statement === null || isRefused) {
				const told = offered.refused.join('; ');
				if (offered.statement !== null || !isRefused?.test(told)) {
					wrong.push(`${called}: refused: ${told}: ${offered.statement}`);
				}
				continue;
			}
			// As a person's own session runs it.
			const failure = await to.application.query(offered.statement).then(
				() => null,
				(error) => `${error.errno} ${error.message}`,
			);
			if (failure !== null) {
				wrong.push(`${called}: ${failure}: ${offered.statement}`);
				continue;
			}
			const isTold = (words: RegExp) =>
				!hasNewMariadb() || !/utf8mb4_(0900|uca1400)_/.test(words.source.split(' ')[0] ?? '');
			const expected = same ? [] : leftOut.filter(isTold);
			for (const words of expected) {
				if (!offered.leftOut.some((line) => words.test(line))) {
					wrong.push(`${called}: nothing is said of ${words}: ${offered.leftOut.join('; ')}`);
				}
			}
			const unexpected = offered.leftOut.filter(
				(line) =>
					!expected.some((words) => words.test(line)) &&
					!/^the (collation .* instead\)|exact text of the JSON in )/.test(line),
			);
			if (unexpected.length > 0) wrong.push(`${called}: it is said too: ${unexpected.join('; ')}`);
			const made = await tableOf(to, called);
			const isLeft = expected.length > 0;
			const keys = otherKeys({ side: 'local', table }, { side: 'cloud', table: made }, (_, of) =>
				tables.find(({ name: one }) => one === of),
			);
			if (!isLeft && keys.length > 0) wrong.push(`${called}: ${keys.join('; ')}`);
			const [before, after] = [await definitionOf(from, called), await definitionOf(to, called)];
			for (const feature of isLeft ? [] : features) {
				// Of MySQL's own accord NULL is not written, and DEFAULT may be.
				const [wanted, found] = [count(before, feature), count(after, feature)];
				if (wanted !== found)
					wrong.push(
						`${called}: ${feature} ${wanted} times, and ${found} times there:\n${before}\n${after}`,
					);
			}
			const checks = (text: string) =>
				count(text.replace(/CHECK \(json_valid\(.*?\)\)/g, ''), /CHECK \(/g);
			if (!isLeft && checks(before) !== checks(after))
				wrong.push(`${called}: checks:\n${before}\n${after}`);
		}
		expect(wrong).toEqual([]);
	});
});

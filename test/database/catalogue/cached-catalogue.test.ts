import { expect, it } from 'vitest';
import { readCatalogue } from '../../../source/database/catalogue/cached-catalogue.ts';
import type { Table } from '../../../source/database/catalogue/catalogue.ts';
import { products } from '../../../source/demo/servers/product.ts';
import { freshDatabase } from '../../support/databases.ts';
import { openEnd } from '../../support/ends.ts';
import { startSlowTable } from '../../support/slow-table.ts';
import { describeOn } from '../../support/suites.ts';

const schema = [
	'CREATE TABLE parent (id INT PRIMARY KEY)',
	`CREATE TABLE item (id INT PRIMARY KEY, code INT UNIQUE, parent INT,
		FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE CASCADE)`,
];

/** A table without its creation time, which every copy renews. */
function named(tables: readonly Table[], name: string): Omit<Table, 'createdAt'> | undefined {
	const found = tables.find((it) => it.name === name);
	if (!found) return undefined;
	const { createdAt: _, ...table } = found;
	return table;
}

for (const product of products) {
	describeOn([product], `the catalogue of ${product}`, () => {
		it.each([
			['copied', ['ALTER TABLE item ENGINE = InnoDB, ALGORITHM = COPY']],
			[
				'given triggers',
				['CREATE TRIGGER one AFTER INSERT ON item FOR EACH ROW BEGIN END', 'DROP TRIGGER one'],
			],
			['emptied', ['TRUNCATE item']],
		])('tells a table that is %s over and over whole, or to be unknown', async (_, statements) => {
			const database = await freshDatabase(product);
			const application = await database.connect();
			for (const statement of schema) await application.query(statement);
			const connection = await openEnd(database);
			const whole = named(await readCatalogue(connection), 'item');
			expect(whole).toMatchObject({ primaryKey: ['id'], isDefinedAnew: false });
			let rounds = 0;
			const reading = (async () => {
				while (rounds < 60) {
					const table = named(await readCatalogue(connection), 'item');
					if (!table?.isDefinedAnew) expect(table).toEqual(whole);
				}
			})();
			for (; rounds < 60; rounds += 1) {
				for (const statement of statements) await application.query(statement);
			}
			await reading;
			expect(named(await readCatalogue(connection), 'item')).toEqual(whole);
		});
	});
}

describeOn(['mariadb'], 'a table that another session takes long to create', () => {
	it('is told to be unknown, without a wait for it, and whole once it is there', async () => {
		const database = await freshDatabase('mariadb');
		const application = await database.connect();
		for (const statement of schema) await application.query(statement);
		const connection = await openEnd(database);
		const slow = await startSlowTable(database, 'slow');
		const before = await readCatalogue(connection);
		expect(named(before, 'slow')).toMatchObject({ isDefinedAnew: true });
		expect(named(before, 'item')).toMatchObject({ primaryKey: ['id'], isDefinedAnew: false });
		await slow.finish();
		expect(named(await readCatalogue(connection), 'slow')).toMatchObject({
			primaryKey: ['id'],
			isDefinedAnew: false,
		});
	});
});

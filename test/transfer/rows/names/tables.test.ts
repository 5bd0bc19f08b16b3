import type { RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { quoteName } from '../../../../source/database/sql/identifiers.ts';
import { enginePair, errorsOf } from '../../../support/engine-pair.ts';
import type { PairEnd } from '../../../support/pair.ts';
import { describeOneWay, everyday } from '../../../support/suites.ts';
import { changedByInstalling, leftByUninstalling } from './installed.ts';
import { nameAt, oddNames } from './names.ts';

/** A parent and its child; every name in them is one of the odd ones, quoted. */
interface Family {
	parent: string;
	key: string;
	value: string;
	unique: string;
	index: string;
	child: string;
	childKey: string;
	reference: string;
	childValue: string;
	constraint: string;
}

/** Every second name is a parent's, the others are their children's; the columns take turns. */
function families(first: 0 | 1): Family[] {
	return Array.from({ length: oddNames.length / 2 }, (_, number) => {
		const start = first + 2 * number;
		const name = (offset: number) => quoteName(nameAt(start + offset));
		return {
			parent: name(0),
			child: name(1),
			key: name(2),
			value: name(3),
			unique: name(4),
			index: name(5),
			childKey: name(6),
			reference: name(7),
			childValue: name(8),
			constraint: name(9),
		};
	});
}

function definitions(family: Family): string[] {
	const { parent, key, value, unique, index, child, childKey, reference, childValue } = family;
	return [
		`CREATE TABLE ${parent} (${key} INT PRIMARY KEY, ${value} VARCHAR(20), ${unique} VARCHAR(20),
			UNIQUE KEY ${index} (${unique}))`,
		`CREATE TABLE ${child} (${childKey} VARCHAR(20) COLLATE utf8mb4_bin, ${reference} INT, ${childValue} VARCHAR(20),
			PRIMARY KEY (${childKey}), CONSTRAINT ${family.constraint} FOREIGN KEY (${reference})
			REFERENCES ${parent} (${key}) ON DELETE CASCADE ON UPDATE CASCADE)`,
	];
}

const firstWrites = ({ parent, child, key, value, unique, childKey, reference }: Family) => [
	`INSERT INTO ${parent} (${key}, ${value}, ${unique})
		VALUES (1, 'one', 'u1'), (2, 'two', 'u2'), (3, 'three', 'u3')`,
	`INSERT INTO ${child} (${childKey}, ${reference}) VALUES ('a', 1), ('b', 2), ('c', 3), ('d', NULL)`,
];

const secondWrites = ({ parent, child, key, value, unique, childKey, childValue }: Family) => [
	`UPDATE ${parent} SET ${value} = 'changed', ${unique} = 'u9' WHERE ${key} = 1`,
	`UPDATE ${child} SET ${childValue} = 'changed' WHERE ${childKey} = 'a'`,
	`UPDATE ${parent} SET ${key} = 20 WHERE ${key} = 2`,
	`UPDATE ${child} SET ${childKey} = 'e' WHERE ${childKey} = 'd'`,
	`DELETE FROM ${parent} WHERE ${key} = 3`,
];

const thirdWrites = ({ parent, child, key, unique, childKey, reference }: Family) => [
	`INSERT INTO ${parent} (${key}, ${unique}) VALUES (4, 'u4')`,
	`INSERT INTO ${child} (${childKey}, ${reference}) VALUES ('f', 4), ('g', 4)`,
	`DELETE FROM ${parent} WHERE ${key} = 20`,
	`UPDATE ${parent} SET ${key} = 10 WHERE ${key} = 1`,
	`DELETE FROM ${child} WHERE ${childKey} = 'g'`,
];

async function write({ connection }: PairEnd, statements: readonly string[]): Promise<void> {
	for (const statement of statements) await connection.query(statement);
}

/** Families whose rows are not as the writes above leave them. */
async function wrong({ connection }: PairEnd, all: readonly Family[]): Promise<string[]> {
	const found: string[] = [];
	for (const family of all) {
		const { parent, key, value, unique, child, childKey, reference, childValue } = family;
		const [parents] = await connection.query<RowDataPacket[][]>({
			sql: `SELECT ${key}, ${value}, ${unique} FROM ${parent} ORDER BY ${key}`,
			rowsAsArray: true,
		});
		const [children] = await connection.query<RowDataPacket[][]>({
			sql: `SELECT ${childKey}, ${reference}, ${childValue} FROM ${child} ORDER BY ${childKey}`,
			rowsAsArray: true,
		});
		const rows = JSON.stringify([parents, children]);
		if (rows !== expected) found.push(`${parent}, ${child}: ${rows}`);
	}
	return found;
}

const expected = JSON.stringify([
	[
		[4, null, 'u4'],
		[10, 'changed', 'u9'],
	],
	[
		['a', 10, 'changed'],
		['e', null, null],
		['f', 4, null],
	],
]);

describeOneWay('tables, columns, keys and indexes of any name, between', (combination) => {
	const written = [
		{ from: 'local', to: 'cloud', parents: 'even', first: 0 },
		{ from: 'cloud', to: 'local', parents: 'odd', first: 1 },
	] as const;
	it.each(everyday(written, 1))(
		'are carried from $from to $to and back, the $parents ones being parents',
		async ({ from, to, first }) => {
			const all = families(first);
			const pair = await enginePair(combination, { schema: all.flatMap(definitions) });
			const errors = async () => errorsOf(await pair.sync());
			expect((await pair.sync()).unsettled).toEqual([]);

			await write(pair[from], all.flatMap(firstWrites));
			expect(await errors()).toEqual([]);
			expect(await pair.differences()).toEqual([]);

			await write(pair[from], all.flatMap(secondWrites));
			expect(await errors()).toEqual([]);
			expect(await pair.differences()).toEqual([]);

			await write(pair[to], all.flatMap(thirdWrites));
			expect(await errors()).toEqual([]);
			expect(await wrong(pair.local, all)).toEqual([]);
			expect(await wrong(pair.cloud, all)).toEqual([]);

			const again = await pair.sync();
			expect(again.said).toEqual([]);
			expect(again.local_to_cloud.applied + again.cloud_to_local.applied).toBe(0);
			expect(await changedByInstalling(pair)).toEqual([]);
			expect(await leftByUninstalling(pair)).toEqual([]);
		},
		120_000,
	);
});

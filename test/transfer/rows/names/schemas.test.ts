import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { quoteName } from '../../../../source/database/sql/identifiers.ts';
import { enginePair, errorsOf } from '../../../support/engine-pair.ts';
import { describeOneWay, everyday } from '../../../support/suites.ts';
import { changedByInstalling, leftByUninstalling } from './installed.ts';
import { nameAt, oddNames } from './names.ts';

/** A schema's name that begins with an odd one and is nobody else's. */
function schemaName(index: number): string {
	const random = `_${randomBytes(4).toString('hex')}`;
	return nameAt(index).slice(0, 64 - random.length) + random;
}

const everySecond = oddNames.flatMap((local, index) =>
	index % 2 === 0 ? [{ local, cloud: nameAt(index + 1), index }] : [],
);

describeOneWay('schemas of any name, between', (combination) => {
	it.each(everyday(everySecond, 6))(
		'are paired, installed and left alone again: $local and $cloud',
		async ({ index }) => {
			const pair = await enginePair(combination, {
				names: { local: schemaName(index), cloud: schemaName(index + 1) },
				schema: [
					'CREATE TABLE parent (id INT PRIMARY KEY, v INT)',
					`CREATE TABLE child (id INT PRIMARY KEY, parent_id INT,
					FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE CASCADE)`,
				],
			});
			const { local, cloud } = pair;
			expect((await pair.sync()).unsettled).toEqual([]);
			await local.connection.query('INSERT INTO parent VALUES (1, 1), (2, 2)');
			await cloud.connection.query('INSERT INTO parent VALUES (3, 3), (4, 4)');
			await cloud.connection.query('INSERT INTO child VALUES (3, 3), (4, 4)');
			expect(errorsOf(await pair.sync())).toEqual([]);

			await local.connection.query('UPDATE parent SET v = 30 WHERE id = 3');
			await local.connection.query('DELETE FROM parent WHERE id = 4');
			await cloud.connection.query('UPDATE parent SET id = 10 WHERE id = 1');
			// A name that holds for any other schema must not be taken for this one's.
			await cloud.connection.query(`DELETE FROM ${quoteName(cloud.name)}.parent WHERE id = 2`);
			const moved = await pair.sync();
			expect(errorsOf(moved)).toEqual([]);
			expect(moved.said).toEqual([]);
			for (const { connection } of [local, cloud]) {
				const [rows] = await connection.query(
					`SELECT parent.id, v, child.id AS child FROM parent LEFT JOIN child ON parent_id = parent.id
				ORDER BY parent.id`,
				);
				expect(rows).toEqual([
					{ id: 3, v: 30, child: 3 },
					{ id: 10, v: 1, child: null },
				]);
			}
			expect(await changedByInstalling(pair)).toEqual([]);
			expect(await leftByUninstalling(pair)).toEqual([]);
		},
	);
});

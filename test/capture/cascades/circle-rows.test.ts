import { expect, it } from 'vitest';
import { steps } from '../../../source/capture/cascades/cascade-paths.ts';
import { rowsInCircle } from '../../../source/capture/cascades/circle-rows.ts';
import type { Column } from '../../../source/database/catalogue/catalogue.ts';
import type { Referring } from '../../../source/database/catalogue/referrers.ts';

/** So many tables, each of which refers to the one before, and the first to the last. */
function ring(size: number): Referring[] {
	const id = { name: 'id', type: 'int', fullType: 'int', collation: null } as Column;
	const tables = Array.from({ length: size }, (_, index): Referring => {
		return { name: `t${index}`, key: [id], referrers: [] };
	});
	for (const [index, { name, referrers }] of tables.entries()) {
		const child = tables[(index + 1) % size];
		if (!child) continue;
		referrers.push({
			child,
			foreignKey: {
				columns: ['up'],
				parent: name,
				parentColumns: ['id'],
				onDelete: 'CASCADE',
				onUpdate: 'RESTRICT',
			},
		});
	}
	return tables;
}

it.each([2, 60, 120, 200])('every table of a circle of %i is asked for its rows', (size) => {
	const [table] = ring(size);
	const [first] = table ? steps({ table, changed: null }) : [];
	const queries = first ? rowsInCircle(first, (column) => `OLD.${column}`) : [];
	const asked = new Set(queries.join('\n').match(/(?<=FROM |JOIN )`t\d+`/g));
	expect(asked.size).toBe(size);
});

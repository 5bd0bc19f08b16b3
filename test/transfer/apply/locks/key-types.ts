/** Tables with a key of every type, which has to be found by its index whatever its literal looks like. */
import type { Product } from '../../../../source/demo/servers/product.ts';
import { updateRow } from '../../../../source/transfer/rows/insert-or-update.ts';
import { lockInOrder, travellingColumns } from '../../../../source/transfer/rows/read.ts';
import { deleteSql } from '../../../../source/transfer/rows/row-write.ts';
import { type KeyType, keyTypes } from '../../rows/keys/types.ts';
import type { Case, Place } from './place.ts';
import { routeOf, rowsOf } from './user-tables.ts';

interface KeyTable extends KeyType {
	name: string;
	/** Whether it has a column beside the key. */
	wide: boolean;
}

function keyTables(product: Product): KeyTable[] {
	const usable = keyTypes.filter(({ only }) => only === undefined || only === product);
	return usable.flatMap((type, index) => [
		{ ...type, name: `wide_key_${index}`, wide: true },
		{ ...type, name: `lone_key_${index}`, wide: false },
	]);
}

export function keySchema(product: Product): string[] {
	return keyTables(product).map(
		({ name, type, wide }) =>
			`CREATE TABLE ${name} (k ${type} NOT NULL PRIMARY KEY ${wide ? ', v INT' : ''})`,
	);
}

export async function fillKeys({ local, product }: Place): Promise<void> {
	for (const { name, values, wide } of keyTables(product)) {
		const rows = values.map((value) => (wide ? `(${value}, 1)` : `(${value})`));
		await local.run(`INSERT INTO ${name} VALUES ${rows.join(', ')}`);
	}
}

export function keyCases(product: Product): Case[] {
	return keyTables(product).map(({ name, type, wide, values }) => ({
		name: `finds keys of the type ${type} ${wide ? 'in a row' : 'alone'}`,
		bystander: [],
		named: values.length - 1,
		work: async ({ local, routes }) => {
			const route = routeOf({ routes }, name);
			const rows = (await rowsOf(local, route, 'TRUE')).slice(1);
			await lockInOrder(local, rows);
			const [row] = rows;
			if (wide && row) {
				const write = { row, values: [null, '2'] };
				await updateRow(local, route, write, travellingColumns(route).slice(1));
			}
			await local.runAll(deleteSql(route, rows));
		},
	}));
}

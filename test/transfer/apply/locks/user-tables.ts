/** What the engine does to rows of the application's tables. */
import type { Connection } from '../../../../source/database/connection/connection.ts';
import { rowKeyExpression } from '../../../../source/database/rows/row-key.ts';
import { startApplying } from '../../../../source/transfer/attempt/apply-state.ts';
import { takeValues } from '../../../../source/transfer/constraints/displace-unique.ts';
import { dropReferences } from '../../../../source/transfer/constraints/unblock.ts';
import { updateRow } from '../../../../source/transfer/rows/insert-or-update.ts';
import {
	lockInOrder,
	readTargetRows,
	travellingColumns,
} from '../../../../source/transfer/rows/read.ts';
import { type Route, type Row, rowOf } from '../../../../source/transfer/rows/route.ts';
import { type RowWrite, targetKey } from '../../../../source/transfer/rows/row-write.ts';
import { runStatement } from '../../../../source/transfer/rows/statement.ts';
import type { Case, Place } from './place.ts';

/** A table whose rows 0 to `rows - 1` have the row's number in their keys. */
export interface Shape {
	name: string;
	columns: string;
	/** The row of a number, as SQL. */
	row: (number: number) => string;
	/** SQL that is true for it. */
	is: (number: number) => string;
	rows: number;
	/** Whether a number is that of a row that the work names. */
	isNamed: (number: number) => boolean;
	/** Whether it has columns beside the key. */
	wide: boolean;
}

const kinds: Pick<Shape, 'name' | 'columns' | 'row' | 'is' | 'wide'>[] = [
	{
		name: 'item',
		columns: `id INT PRIMARY KEY, n INT, e ENUM('a', 'b') NOT NULL, parent INT, note LONGTEXT,
			KEY (n), FOREIGN KEY (parent) REFERENCES TABLE_NAME (id)`,
		row: (number) => `(${number}, ${number % 3}, 'a', NULL, NULL)`,
		is: (number) => `id = ${number}`,
		wide: true,
	},
	{
		name: 'place',
		columns: `a INT, k VARCHAR(20) COLLATE utf8mb4_general_ci, n INT,
			PRIMARY KEY (a, k), KEY (n)`,
		row: (number) => `(${number % 7}, 'k${number}', ${number % 3})`,
		is: (number) => `a = ${number % 7} AND k = 'k${number}'`,
		wide: true,
	},
	{
		name: 'link',
		columns: 'a INT, b INT, PRIMARY KEY (a, b), KEY (b)',
		row: (number) => `(${number % 7}, ${number})`,
		is: (number) => `a = ${number % 7} AND b = ${number}`,
		wide: false,
	},
	{
		name: 'word',
		columns: 'k VARCHAR(20) COLLATE utf8mb4_general_ci PRIMARY KEY',
		row: (number) => `('k${number}')`,
		is: (number) => `k = 'k${number}'`,
		wide: false,
	},
];

/** Nearly all of a small table, and two fifths of a large one: there an optimizer likes to scan. */
const sizes = [
	{ name: 'small', rows: 10, isNamed: (number: number) => ![0, 5, 9].includes(number) },
	{ name: 'large', rows: 2400, isNamed: (number: number) => number % 2 === 1 && number < 2000 },
];

export const shapes: readonly Shape[] = kinds.flatMap((kind) =>
	sizes.map((size) => ({ ...kind, ...size, name: `${size.name}_${kind.name}` })),
);

export const schema: readonly string[] = shapes.map(
	({ name, columns }) => `CREATE TABLE ${name} (${columns.replace('TABLE_NAME', name)})`,
);

/** Fills the tables, and lets the optimizer know how large they are. */
export async function fill({ pair }: Place): Promise<void> {
	const { connection } = pair.local;
	for (const { name, row, rows } of shapes) {
		const numbers = Array.from({ length: rows }, (_, number) => number);
		await connection.query(`INSERT INTO ${name} VALUES ${numbers.map(row).join(', ')}`);
		await connection.query(`ANALYZE TABLE ${name}`);
	}
}

/** The application has rows before, among and after the named ones, and inserts two. */
function bystanding({ name, is, row, rows, isNamed }: Shape): string[] {
	const others = [...Array(rows).keys()].filter((number) => !isNamed(number));
	const some = [others[0], others[1], others[Math.floor(others.length / 2)], others.at(-1)];
	return [
		...[...new Set(some)].map(
			(number) => `SELECT 1 FROM ${name} WHERE ${is(number ?? 0)} FOR UPDATE`,
		),
		`INSERT INTO ${name} VALUES ${row(-7)}, ${row(7000)}`,
	];
}

/** @throws where the table is not tracked */
export function routeOf({ routes }: Pick<Place, 'routes'>, name: string): Route {
	const route = routes.get(name);
	if (!route) throw new Error(`${name} is not tracked`);
	return route;
}

/** The rows of a table for which a condition is true. */
export async function rowsOf(connection: Connection, route: Route, where: string): Promise<Row[]> {
	const rows = await connection.arrays(
		`SELECT ${rowKeyExpression(targetKey(route), 't')} FROM ${route.name} AS t WHERE ${where}`,
	);
	return rows.map(([rowKey]) => rowOf(route, String(rowKey)));
}

/** The rows of a shape that the work names, with their values. */
async function namedRows(
	place: Place,
	{ name, rows, is, isNamed }: Shape,
	most = rows,
): Promise<{ route: Route; rows: Row[]; writes: RowWrite[] }> {
	const numbers = [...Array(rows).keys()].filter(isNamed).slice(0, most);
	const route = routeOf(place, name);
	const where = numbers.map((number) => `(${is(number)})`).join(' OR ');
	const found = await rowsOf(place.local, route, where);
	const current = await readTargetRows(place.local, found, '');
	const writes = [...current].map(([row, values]) => ({ row, values }));
	return { route, rows: found, writes };
}

/** What is done to rows of every shape. */
export function casesOf(shape: Shape): Case[] {
	const named = [...Array(shape.rows).keys()].filter(shape.isNamed).length;
	const bystander = bystanding(shape);
	const make = (name: string, work: Case['work'], count = named): Case => ({
		...{ name: `${name} of ${shape.name}`, bystander, work, named: count },
	});
	const cases = [
		make('locks rows in order', async (place) =>
			lockInOrder(place.local, (await namedRows(place, shape)).rows),
		),
		make('reads rows with a lock', async (place) =>
			readTargetRows(place.local, (await namedRows(place, shape)).rows, 'FOR UPDATE'),
		),
		make('writes rows that are there', async (place) => {
			const { route, writes } = await namedRows(place, shape);
			await runStatement(place.local, { kind: 'upsert', route, writes });
		}),
		make('deletes rows', async (place) => {
			const { route, writes } = await namedRows(place, shape);
			await runStatement(place.local, { kind: 'delete', route, writes });
		}),
	];
	if (!shape.wide) return cases;
	return [
		...cases,
		make(
			'updates a row',
			async (place) => {
				const { route, writes } = await namedRows(place, shape, 1);
				for (const write of writes) {
					await updateRow(place.local, route, write, travellingColumns(route));
				}
			},
			1,
		),
		make('takes values away', async (place) => {
			const { route, rows } = await namedRows(place, shape);
			const key = { name: 'n', parts: [{ column: 'n', prefix: null }] };
			if (!(await takeValues(place.local, route, rows, key))) throw new Error('it could not');
		}),
	];
}

/** What is done to rows of some tables only. */
export function casesOfItems(shape: Shape): Case[] {
	const named = [...Array(shape.rows).keys()].filter(shape.isNamed).length;
	const bystander = bystanding(shape);
	const columnOf = (route: Route, name: string) =>
		travellingColumns(route).findIndex(({ target }) => target.name === name);
	return [
		{
			name: `writes members that an ENUM does not have to ${shape.name}`,
			bystander,
			named,
			work: async (place) => {
				const { route, writes } = await namedRows(place, shape);
				for (const { values } of writes) values?.splice(columnOf(route, 'e'), 1, 0);
				await runStatement(place.local, { kind: 'upsert', route, writes });
			},
		},
		{
			name: `writes a row that is too much for a statement to ${shape.name}`,
			bystander,
			named: 1,
			work: async (place) => {
				const { route, writes } = await namedRows(place, shape, 1);
				for (const { values } of writes) {
					values?.splice(columnOf(route, 'note'), 1, 'x'.repeat(700_000));
				}
				await runStatement(place.local, { kind: 'oversized', route, writes });
			},
		},
		{
			name: `drops references of rows that are to go from ${shape.name}`,
			bystander,
			named,
			work: async (place) => {
				const { route, rows } = await namedRows(place, shape);
				const nothing = new Set<string>();
				const { local: target, cloud: source, routes } = place;
				const state = startApplying(
					{
						...{ source, target, routes, known: nothing, untouchable: nothing },
						...{ staying: nothing, losers: nothing },
					},
					new Map(rows.map((row) => [row, null])),
				);
				if (!(await dropReferences(state, route))) throw new Error('there were none');
			},
		},
	];
}

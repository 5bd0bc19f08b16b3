/** Handles values that the application's BEFORE triggers change on the target. */
import { sameValue } from '../../database/values/values.ts';
import type { Finding } from '../../text/finding.ts';
import type { Applying } from '../attempt/apply-state.ts';
import { transferFinding } from '../attempt/messages.ts';
import { updateRow } from '../rows/insert-or-update.ts';
import { type CurrentRows, groupByRoute, readTargetRows, travellingColumns } from '../rows/read.ts';
import type { Route, Row } from '../rows/route.ts';
import { announce } from './effects.ts';

/**
 * Restores values that a BEFORE INSERT trigger changed. Resolves to one finding per table about values that a
 * BEFORE UPDATE trigger overwrites again.
 */
export async function restoreOverwritten(
	state: Applying,
	rows: readonly Row[],
): Promise<Finding[]> {
	const found: Finding[] = [];
	for (const [route, ofRoute] of groupByRoute(rows)) {
		if (!stamps(route)) continue;
		const wanted = new Map(
			ofRoute.flatMap((row) => {
				const values = state.writes.get(row);
				return values ? [[row, values] as const] : [];
			}),
		);
		const overwritten = await findDifferences(state, route, wanted);
		if (overwritten.size === 0) continue;
		await announce(state.target, route);
		const columns = travellingColumns(route);
		for (const [row, indexes] of overwritten) {
			const some = columns.filter((_, index) => indexes.includes(index));
			const values = wanted.get(row) ?? null;
			await updateRow(state.target, route, { row, values }, some);
		}
		const left = await findDifferences(state, route, wanted, [...overwritten.keys()]);
		const kept = columns.filter((_, index) =>
			[...left.values()].some((indexes) => indexes.includes(index)),
		);
		if (kept.length > 0) {
			const names = kept.map(({ target }) => target.name);
			found.push(overrides(state, route, names));
		}
	}
	return found;
}

function stamps({ target }: Route): boolean {
	return target.applicationTriggers.some(
		({ timing, event }) => timing === 'BEFORE' && event !== 'DELETE',
	);
}

/** The rows that differ on the target, with the indexes of the differing columns. */
async function findDifferences(
	{ target }: Applying,
	route: Route,
	wanted: CurrentRows<Row>,
	rows: readonly Row[] = [...wanted.keys()],
): Promise<Map<Row, number[]>> {
	const columns = travellingColumns(route);
	const differences = new Map<Row, number[]>();
	for (const [row, standing] of await readTargetRows(target, rows, 'FOR UPDATE')) {
		const values = wanted.get(row);
		if (!values || !standing) continue;
		const indexes = columns.flatMap((pair, index) =>
			sameValue(pair, values[index] ?? null, standing[index] ?? null) ? [] : [index],
		);
		if (indexes.length > 0) differences.set(row, indexes);
	}
	return differences;
}

function overrides({ target: { end } }: Applying, { target }: Route, columns: string[]): Finding {
	const triggers = target.applicationTriggers
		.filter(({ timing, event }) => timing === 'BEFORE' && event === 'UPDATE')
		.map(({ name }) => name);
	const place = { side: end.side, table: target.name };
	return transferFinding('trigger_overrides', place, { triggers, columns });
}

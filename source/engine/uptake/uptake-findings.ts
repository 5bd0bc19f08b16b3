/** Findings about rows that a table held before it was tracked. */
import { type Side, sides } from '../../config/types.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import type { Finding } from '../../text/finding.ts';
import { rowsFinding } from '../api/rows-messages.ts';
import { touchRows } from '../survey/uncaptured-findings.ts';

/** A table that held rows on both sides. */
export interface BothHold {
	name: string;
	table: TrackedTable;
	rows: Record<Side, number>;
}

/** Rows of one side travel by themselves. */
export function existingRowsQueued(side: Side, tables: string[]): Finding {
	return rowsFinding('existing_rows_queued', { side }, { tables });
}

/**
 * The tables that held rows on both sides, in one finding for all of them: that the numbers are equal is
 * no proof, and that they differ needs a person.
 * @param counted rows up to which they were counted
 */
export function bothSidesHeld(
	found: readonly BothHold[],
	counted: number,
): { told: Finding[]; warnings: Finding[] } {
	const isSame = ({ rows }: BothHold) => rows.local === rows.cloud && rows.local <= counted;
	const same = found.filter(isSame);
	const different = found.filter((one) => !isSame(one));
	const equal = same.map(({ name, rows }) => ({ table: name, rows: rows.local }));
	const [first] = different;
	if (!first) return { told: equalNumbers(equal), warnings: [] };
	const tables = different.map(({ name, rows }) => ({ table: name, rows }));
	const purpose = different.length > 1 ? 'send_rows_each' : 'send_rows';
	const cures = sides.map((side) => ({ side, sql: touchRows(first.table), purpose }) as const);
	return {
		told: equalNumbers(equal),
		warnings: [rowsFinding('both_sides_held_rows', {}, { tables, counted }, cures)],
	};
}

function equalNumbers(tables: { table: string; rows: number }[]): Finding[] {
	if (tables.length === 0) return [];
	return [rowsFinding('both_sides_held_same_number', {}, { tables })];
}

/** Messages about rows that a table had before it was tracked. */
import { type Side, sides } from '../../config/types.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import { oneLine } from '../../text/one-line.ts';
import { count, listed } from '../../text/words.ts';
import { otherSide } from '../api/side-ids.ts';
import { touchRows } from '../survey/uncaptured-text.ts';

/** A table that had rows on both sides. */
export interface BothHold {
	name: string;
	table: TrackedTable;
	rows: Record<Side, number>;
	/** The limit of the count. */
	counted: number;
}

/** Reports that existing rows of one side are queued. */
export function describeFill(side: Side, tables: readonly string[]): string {
	const other = otherSide(side);
	return oneLine(
		`${listed(tables, 20)}: ${side} held rows when tracking began and ${other} held none; these rows are queued for ${other}`,
	);
}

/** Most tables that are named; the others are counted. */
const mostNamed = 8;

/**
 * Reports the tables that had rows on both sides, in one line for all: equal counts are no proof, and
 * different counts need attention.
 */
export function describeBoth(found: readonly BothHold[]): { told: string[]; warnings: string[] } {
	const isSame = ({ rows, counted }: BothHold) =>
		rows.local === rows.cloud && rows.local <= counted;
	const same = found.filter(isSame);
	const different = found.filter((one) => !isSame(one));
	const told = same.map(({ name, rows }) => `${name} (${count(rows.local)})`);
	const unequal = different.map(
		(one) => `${one.name} (${sides.map((side) => `${rowsOn(one, side)} on ${side}`).join(', ')})`,
	);
	const [first] = different;
	return {
		told:
			told.length === 0
				? []
				: [
						oneLine(
							`both sides held the same number of rows before tracking began: ${listed(told, mostNamed)}; their contents were not compared`,
						),
					],
		warnings: first
			? [
					oneLine(
						`both sides held rows before tracking began, and differences between these are not carried over: ${listed(unequal, mostNamed)}; compare them. To send all rows of a table to the other side, where they overwrite rows with the same key, run on the side that is right${different.length > 1 ? ', for each table' : ''}: ${touchRows(first.table)}`,
					),
				]
			: [],
	};
}

function rowsOn({ rows, counted }: BothHold, side: Side): string {
	return rows[side] > counted ? `more than ${count(counted)}` : count(rows[side]);
}

/** Messages about tables whose capture was interrupted. */

import { type Interruption, registerTable } from '../../changelog/tables/register.ts';
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import { quoteString } from '../../database/sql/literals.ts';
import { oneLine } from '../../text/one-line.ts';
import { listed, plural } from '../../text/words.ts';
import { otherSide } from '../api/side-ids.ts';
import type { SideSurvey } from './survey.ts';
import { touchRows } from './uncaptured-text.ts';

/** A message about a table of a side that needs attention. */
export interface Attention {
	table: string;
	side: Side;
	words: string;
}

/** The message with side and table. */
export function attentionText({ table, side, words }: Attention): string {
	return oneLine(`${side}, table ${table}: ${words}`);
}

/** The tables of a pair whose sides a person has to compare. */
export function describeInterrupted(
	pair: PairConfig,
	surveys: Record<Side, SideSurvey | null>,
	tables: readonly TablePair[],
): Attention[] {
	return tables.flatMap(({ name, sides: { local, cloud }, skippedReason }) => {
		if (!local || !cloud || skippedReason !== null) return [];
		const ends = { local, cloud };
		return sides.flatMap((side): Attention[] => {
			const state = surveys[side]?.register?.get(ends[side].name)?.state;
			if (state !== 'replaced' && state !== 'gap') return [];
			return [{ table: name, side, words: describeOne(pair, side, ends, state) }];
		});
	});
}

function describeOne(
	pair: PairConfig,
	side: Side,
	ends: Record<Side, TrackedTable>,
	state: Interruption,
): string {
	const other = otherSide(side);
	const { name } = ends[side];
	const what =
		state === 'gap'
			? 'its triggers were gone, and changes made meanwhile were not captured'
			: 'it was recreated, and what it lost or got before its triggers were installed was not captured';
	const parts = [
		`${what}; compare the two sides`,
		`To send all rows of ${side} to ${other}, where they overwrite rows with the same key, run on ${side}: ${touchRows(ends[side])}`,
		`To bring the rows of ${other} to ${side} instead, run on ${other}: ${touchRows(ends[other])}`,
		'Rows that are to go must be deleted on both sides',
		`Once both sides are right, run on ${side}: ${settleStatement(name, pair[other].nodeId)}`,
	];
	return oneLine(parts.join('. '));
}

/** The statement that marks a comparison as done. */
function settleStatement(table: string, peer: string): string {
	return `UPDATE ${registerTable.name} SET state = 'settled' WHERE table_name = ${quoteString(table)} AND peer = ${quoteString(peer)}`;
}

/** The reason why a table has no triggers. */
export function lossOf(why: Interruption): string {
	return why === 'replaced' ? 'it was recreated without its triggers' : 'its triggers are gone';
}

/** @param why what is wrong with its triggers */
export function withoutTriggers(table: string, why: string): string {
	return `${why} and its changes are not captured; press \`i\`, or run \`mysql-sync-tui install --table ${table}\``;
}

/** The message for a table with other triggers than at the latest run. */
export const otherTriggers =
	'its triggers were dropped and created again, as by a restored dump, and changes may have been missed; the next run (`mysql-sync-tui sync`) says what to do';

/** Reports recreated tables that need no attention. */
export function describeRecreated(side: Side, tables: readonly string[]): string {
	const were = tables.length === 1 ? 'was' : 'were';
	return oneLine(
		`${side}: ${listed(tables, 20)} ${were} recreated, and changes are captured again`,
	);
}

/** Reports tables that need no comparison. */
export function describeEqual(tables: readonly string[]): string {
	return oneLine(
		`${listed(tables, 20)}: capture was interrupted; both sides hold the same rows, and nothing is left to do`,
	);
}

/** Reports deletions that were not applied to the other side. */
export function describeWithheld(
	side: Side,
	table: string,
	rows: number,
	examples: readonly string[],
): string {
	const other = otherSide(side);
	return oneLine(
		`${side}, table ${table}: pending changes name ${plural(rows, 'row')} that ${rows === 1 ? 'is' : 'are'} gone, and no deletion was captured (${listed([...examples], 5)}). The changes were discarded, and nothing is deleted on ${other}. If these rows are to go, delete them on ${other}`,
	);
}

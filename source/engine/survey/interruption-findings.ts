/** Findings about tables whose capture was interrupted. */
import { type Interruption, registerTable } from '../../changelog/tables/register.ts';
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import { quoteString } from '../../database/sql/literals.ts';
import type { Finding } from '../../text/finding.ts';
import { rowsFinding } from '../api/rows-messages.ts';
import { otherSide } from '../api/side-ids.ts';
import type { SideSurvey } from './survey.ts';
import { touchRows } from './uncaptured-findings.ts';

/** The tables of a pair that a person has to compare. */
export function tablesToCompare(
	pair: PairConfig,
	surveys: Record<Side, SideSurvey | null>,
	tables: readonly TablePair[],
): Finding[] {
	return tables.flatMap(({ name, sides: { local, cloud }, skippedReason }) => {
		if (!local || !cloud || skippedReason !== null) return [];
		const ends = { local, cloud };
		return sides.flatMap((side): Finding[] => {
			const state = surveys[side]?.register?.get(ends[side].name)?.state;
			if (state !== 'replaced' && state !== 'gap') return [];
			return [toCompare(pair, name, side, ends, state)];
		});
	});
}

function toCompare(
	pair: PairConfig,
	table: string,
	side: Side,
	ends: Record<Side, TrackedTable>,
	state: Interruption,
): Finding {
	const other = otherSide(side);
	const code = state === 'gap' ? 'capture_gap' : 'table_recreated';
	return rowsFinding(code, { side, table }, {}, [
		{ side, sql: touchRows(ends[side]), purpose: 'send_rows' },
		{ side: other, sql: touchRows(ends[other]), purpose: 'send_rows' },
		{ side, sql: settleStatement(ends[side].name, pair[other].nodeId), purpose: 'settle' },
	]);
}

/** The statement by which a person says that nothing is left to compare. */
function settleStatement(table: string, peer: string): string {
	return `UPDATE ${registerTable.name} SET state = 'settled' WHERE table_name = ${quoteString(table)} AND peer = ${quoteString(peer)}`;
}

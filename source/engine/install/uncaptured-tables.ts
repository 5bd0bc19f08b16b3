import { triggerState } from '../../capture/triggers.ts';
import { readMarks } from '../../changelog/tables/marks.ts';
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import { oneLine } from '../../text/one-line.ts';
import type { Connections } from '../shared/connections.ts';
import type { SideSurvey } from '../survey/survey.ts';
import { touchRows } from '../survey/uncaptured-text.ts';

/**
 * Tables that were captured before and whose triggers are gone, in words: what is changed until they are
 * installed is not in the log. That a table was captured is told by the register, and by the marks that
 * the pair has of it.
 * @param surveys of before the triggers are installed
 */
export async function uncapturedChanges(
	connections: Connections,
	pair: PairConfig,
	surveys: Record<Side, SideSurvey>,
	tables: readonly TablePair[],
): Promise<string[]> {
	const marks = await readMarks(connections.local, pair.cloud.nodeId);
	const marked = new Set((marks ?? []).map(({ table }) => table));
	return sides.flatMap((side) =>
		tables.flatMap(({ name, sides: ends }) => {
			const table = ends[side];
			if (!table) return [];
			if (!marked.has(name) && !surveys[side].register?.has(table.name)) return [];
			const { triggers } = surveys[side];
			if (triggerState(table, pair[side].nodeId, triggers) !== 'missing') return [];
			return oneLine(
				`${side}, table ${name}: its triggers were gone, and changes made meanwhile were not captured. To send all its rows to the other side, where they overwrite rows with the same key, run on ${side}: ${touchRows(table)}`,
			);
		}),
	);
}

import { countPending } from '../../changelog/log/pending.ts';
import {
	directions,
	type PairConfig,
	type Side,
	sourceSide,
	targetSide,
} from '../../config/types.ts';
import { isReferredToBy } from '../../database/catalogue/referrers.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import { transferFinding } from '../../transfer/attempt/messages.ts';
import type { Connections } from '../shared/connections.ts';
import type { SideSurvey } from './survey.ts';

/**
 * Holds back tables that reference a table whose changes wait for a right of the user: their rows may
 * reference rows that do not exist yet. They continue as soon as the other table does.
 */
export async function holdBackReferring(
	connections: Connections,
	pair: PairConfig,
	tables: readonly TablePair[],
	surveys: Record<Side, SideSurvey>,
): Promise<TablePair[]> {
	let held = [...tables];
	for (const direction of directions) {
		const [from, to] = [sourceSide(direction), targetSide(direction)];
		const denied = tables.filter(({ denied, sides }) => denied[to] && sides[from] && sides[to]);
		if (denied.length === 0 || surveys[from].changeLog !== 'complete') continue;
		const names = new Set(denied.flatMap(({ sides }) => sides[from]?.name ?? []));
		const { byTable } = await countPending(connections[from], pair[to].nodeId, names);
		const waiting = denied.filter(({ sides }) => byTable.has(sides[from]?.name ?? ''));
		held = held.map((table) => holdBack(table, to, waiting));
	}
	return held;
}

function holdBack(table: TablePair, to: Side, waiting: readonly TablePair[]): TablePair {
	const name = table.sides[to]?.name;
	if (name === undefined || table.skippedReason !== null || table.blocked[to] !== null)
		return table;
	const parent = waiting.find(({ sides }) => isReferredToBy(sides[to]?.referrers ?? [], name));
	if (!parent) return table;
	return {
		...table,
		blocked: {
			...table.blocked,
			[to]: transferFinding(
				'parent_waits',
				{ side: to, table: table.name },
				{ parent: parent.name },
			),
		},
		denied: { ...table.denied, [to]: true },
	};
}

import { outdatedKey } from '../../capture/stale-key.ts';
import { countPending } from '../../changelog/log/pending.ts';
import {
	directions,
	type PairConfig,
	type Side,
	sourceSide,
	targetSide,
} from '../../config/types.ts';
import { changeKey } from '../../database/pairing/alter-statements.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import { changeLogTable, findColumn } from '../../database/rows/tracked-table.ts';
import { quoteString } from '../../database/sql/literals.ts';
import type { Finding } from '../../text/finding.ts';
import { rowsFinding } from '../api/rows-messages.ts';
import type { Connections } from '../shared/connections.ts';
import type { SideSurvey } from './survey.ts';

/** A table whose primary key was changed on a side. */
export interface OldKey {
	table: string;
	side: Side;
	/** The reason why its triggers stay unchanged; null if the columns of the old key are gone. */
	reason: Finding | null;
}

/**
 * Finds the tables whose triggers log another key than the current one and must continue to: pending changes
 * have the old key, or the other side still uses it.
 */
export async function findOldKeys(
	connections: Connections,
	pair: PairConfig,
	tables: readonly TablePair[],
	surveys: Record<Side, SideSurvey>,
): Promise<OldKey[]> {
	const found: OldKey[] = [];
	for (const direction of directions) {
		const side = sourceSide(direction);
		if (surveys[side].changeLog !== 'complete') continue;
		for (const { name, sides: ends } of tables) {
			const table = ends[side];
			const old = table && outdatedKey(table, surveys[side].triggers);
			if (!table || !old) continue;
			if (old.some((column) => !findColumn(table, column))) {
				found.push({ table: name, side, reason: null });
				continue;
			}
			const { byTable } = await countPending(
				connections[side],
				pair[targetSide(direction)].nodeId,
				new Set([table.name]),
			);
			const waiting = byTable.get(table.name) ?? 0;
			const key = table.key.map((column) => column.name);
			const other = ends[targetSide(direction)]?.key.map((column) => column.name);
			const agreed = other === undefined || other.join().toLowerCase() === key.join().toLowerCase();
			if (agreed && waiting === 0) continue;
			const deliver = changeKey({ name: table.name, primaryKey: key }, old);
			const discard = `DELETE FROM ${changeLogTable} WHERE table_name = ${quoteString(table.name)}`;
			const facts = { now: key, noted: [...old], changes: waiting };
			const reason = rowsFinding('primary_key_changed', { side, table: name }, facts, [
				{ side, sql: deliver, purpose: 'deliver' },
				{ side, sql: discard, purpose: 'discard' },
			]);
			found.push({ table: name, side, reason });
		}
	}
	return found;
}

/** Skips the tables whose pending changes have the old key. */
export function skipOldKeys(tables: readonly TablePair[], old: readonly OldKey[]): TablePair[] {
	return tables.map((table) => {
		const held = old.find(({ table: name, reason }) => name === table.name && reason !== null);
		return { ...table, skippedReason: table.skippedReason ?? held?.reason ?? null };
	});
}

/** What is asked before anything is removed or overwritten: what goes, where, and what follows from it. */

import { type Side, sides } from '../config/types.ts';
import type { RowComparison } from '../engine/row-comparison.ts';
import type { ListedConflict, LivePair, TableSnapshot } from '../engine/snapshot.ts';
import { plural } from './format.ts';
import type { Question } from './state.ts';

export function uninstallQuestion(
	pair: LivePair,
	table: TableSnapshot | null,
	confirm: () => void,
): Question {
	const tracked = pair.tables.filter(({ skipped_reason }) => skipped_reason === null).length;
	const what = table ? `table ${table.name}` : 'all tables';
	const effect = table
		? `triggers of ${table.name} are dropped`
		: `triggers of ${plural(tracked, 'table')} are dropped`;
	return {
		title: `Uninstall the triggers of ${what} of ${pair.name}?`,
		pair: pair.name,
		effects: sides.map((side) => ({ side, address: pair.address[side], effect })),
		notes: [
			'Changes made from then on are not recorded and will not be synced.',
			'Rows, the change log and your own triggers stay.',
			'Where "auto_install" is on, the triggers come back at the next start.',
		],
		yes: 'uninstalls them',
		confirm,
	};
}

/**
 * @param there which sides have the row now, which tells whether it is overwritten or deleted; null
 *   as long as that has not been read
 */
export function resolveQuestion(
	pair: LivePair,
	{ id, table, key, clash }: ListedConflict,
	keep: Side,
	there: RowComparison['there'] | null,
	confirm: () => void,
): Question {
	const other = keep === 'local' ? 'cloud' : 'local';
	const kept = there?.[keep] ?? null;
	const becomes =
		kept === null
			? `the row becomes as on ${keep}`
			: there?.[other] === false
				? 'the row comes back'
				: 'the row is overwritten';
	const effect = clash || kept === false ? 'the row is deleted' : becomes;
	const stays = !clash && kept === false ? 'the row stays deleted' : 'the row stays as it is';
	return {
		title: `Keep the ${keep} version of ${table} ${key} (${id} of ${pair.name})?`,
		pair: pair.name,
		effects: sides.map((side) => ({
			side,
			address: pair.address[side],
			effect: side === keep ? stays : effect,
		})),
		notes: [
			...(clash ? ['The two rows want one value of a UNIQUE key: only one can stay.'] : []),
			`The row goes from ${keep} to ${other} as it is now, with whatever else is pending.`,
			'Both versions of the conflict stay on record.',
		],
		yes: `keeps ${keep}`,
		confirm,
	};
}

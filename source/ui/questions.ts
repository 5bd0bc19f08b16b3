/** What is asked before anything is removed: what goes, where, and what follows from it. */

import { sides } from '../config/types.ts';
import type { LivePair, TableSnapshot } from '../engine/snapshot.ts';
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

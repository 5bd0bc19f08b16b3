/** What is asked before anything is removed or overwritten: what goes, where, and what follows from it. */

import { type Side, sides } from '../../config/types.ts';
import type { RowComparison } from '../../engine/api/row-comparison.ts';
import type { ListedConflict, LivePair, TableSnapshot } from '../../engine/api/snapshot.ts';
import { count, plural } from '../../text/words.ts';
import { parkedCount } from '../keys/refusals.ts';
import { type ListedNode, silentFor, waitingText } from '../state/nodes.ts';
import type { Question } from '../state/state.ts';

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

export function dropLogQuestion(pair: LivePair, confirm: () => void): Question {
	const { local_to_cloud, cloud_to_local } = pair.directions;
	const pending = [local_to_cloud.pending, cloud_to_local.pending];
	const lost = pending.includes(null)
		? null
		: pending.reduce<number>((sum, n) => sum + (n ?? 0), 0);
	const parked = parkedCount(pair);
	return {
		title: `Drop the change log of ${pair.name} and all that is on record?`,
		pair: pair.name,
		effects: sides.map((side) => ({
			side,
			address: pair.address[side],
			effect: 'log, records and triggers go',
		})),
		notes: [
			`Never synced: ${count(lost)} pending, ${count(parked)} parked, ${count(pair.conflicts)} in conflict.`,
			'Other pairs of these two databases lose theirs too.',
			'Rows and your own triggers stay. The pair is paused; its next run begins anew.',
		],
		yes: 'drops them',
		confirm,
	};
}

/** @param now epoch milliseconds */
export function forgetQuestion(
	pair: LivePair,
	node: ListedNode,
	now: number,
	confirm: () => void,
): Question {
	const { node_id, own } = node;
	const silent = silentFor(node, now);
	const effect = (side: Side) => {
		if (pair.logs[side] === null) return 'not known';
		if (!node.sides.includes(side)) return 'nothing: not kept for it';
		const number = waitingText(node, side);
		return number === '1' ? '1 change never reaches it' : `${number} changes never reach it`;
	};
	return {
		title: `Forget the node ${node_id}, for ${pair.name}?`,
		pair: pair.name,
		effects: sides.map((side) => ({ side, address: pair.address[side], effect: effect(side) })),
		notes: [
			`${node_id} ${silent === null ? 'has never been seen here' : `was last seen ${silent} ago`}.`,
			own === null
				? 'What it lacks goes from the log; if it comes back, compare the two sides.'
				: `If another database went by this id, that of the pair takes its place.`,
			'Rows stay as they are, and its id is free for another database.',
		],
		yes: 'forgets it',
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

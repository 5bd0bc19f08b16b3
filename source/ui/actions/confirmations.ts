/**
 * The confirmation asked before data is removed or overwritten: what is lost, where, and the consequences.
 */

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
			'Changes made after that are not recorded and will never be synced.',
			'Rows, the change log and your own triggers are kept.',
			'If "auto_install" is on, the triggers are created again at the next start.',
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
		title: `Drop the change log of ${pair.name} and all its records?`,
		pair: pair.name,
		effects: sides.map((side) => ({
			side,
			address: pair.address[side],
			effect: 'log, records and triggers dropped',
		})),
		notes: [
			`Lost for good: ${countWords(lost, 'pending change')}, ${count(parked)} parked, ${countWords(pair.conflicts, 'conflict')}.`,
			'Other pairs that use either database lose theirs too.',
			'Rows and your own triggers are kept. The pair is paused; its next run starts from scratch.',
		],
		yes: 'drops them',
		confirm,
	};
}

function countWords(value: number | null, word: string): string {
	return value === null ? `? ${word}s` : plural(value, word);
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
		if (!node.sides.includes(side)) return 'nothing retained for it';
		const number = waitingText(node, side);
		return `it never receives ${number === '1' ? '1 change' : `${number} changes`}`;
	};
	return {
		title: `Forget node ${node_id} of ${pair.name}?`,
		pair: pair.name,
		effects: sides.map((side) => ({ side, address: pair.address[side], effect: effect(side) })),
		notes: [
			`${node_id} ${silent === null ? 'has never been seen here' : `was last seen ${silent} ago`}.`,
			own === null
				? 'The log stops retaining changes for it. If it comes back, compare both sides.'
				: `If another database used this id, the database of this pair replaces it.`,
			'No rows are changed. Another database may use this id.',
		],
		yes: 'forgets it',
		confirm,
	};
}

/**
 * @param there which sides have the row now, so that the question can say
 * overwritten or deleted; null until read
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
			? `the row becomes the ${keep} version`
			: there?.[other] === false
				? 'the row is restored'
				: 'the row is overwritten';
	const effect = clash || kept === false ? 'the row is deleted' : becomes;
	const stays = !clash && kept === false ? 'the row stays deleted' : 'the row is not changed';
	return {
		title: `Keep the ${keep} version of ${table} ${key} (${id} of ${pair.name})?`,
		pair: pair.name,
		effects: sides.map((side) => ({
			side,
			address: pair.address[side],
			effect: side === keep ? stays : effect,
		})),
		notes: [
			...(clash ? ['Both rows have the same value in a UNIQUE key: only one can stay.'] : []),
			`The current ${keep} row is sent to ${other}, together with all other pending changes.`,
			'The conflict keeps both versions on record.',
		],
		yes: `keeps ${keep}`,
		confirm,
	};
}

import type { Change } from '../../changelog/log/pending.ts';

/**
 * The oldest of the changes, `limit` at most, cut off between two statements where that is possible:
 * the changes of one statement share their moment. Where a transaction ends the log does not tell.
 */
export function cutBetweenStatements(changes: readonly Change[], limit: number): Change[] {
	if (changes.length <= limit) return [...changes];
	const lastOf = new Map(changes.map(({ changedAt }, index) => [changedAt, index]));
	let end = 0;
	let reach = 0;
	for (const [index, { changedAt }] of changes.slice(0, limit).entries()) {
		reach = Math.max(reach, lastOf.get(changedAt) ?? index);
		if (reach === index) end = index + 1;
	}
	return changes.slice(0, end === 0 ? limit : end);
}

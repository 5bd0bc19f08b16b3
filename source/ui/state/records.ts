/** Tells whether the lists of conflicts and parked changes are complete. */

import { directions, sides } from '../../config/types.ts';
import { fromSideId } from '../../engine/api/side-ids.ts';
import { type LivePair, listedRecords } from '../../engine/api/snapshot.ts';

/** True if older conflicts than the listed ones may exist. */
export function hasOlderConflicts({ conflict_list }: LivePair): boolean {
	const listed = conflict_list ?? [];
	return sides.some((side) =>
		[true, false].some((open) => {
			const some = listed.filter(
				(each) => each.open === open && fromSideId(each.id)?.side === side,
			);
			return some.length >= listedRecords;
		}),
	);
}

/** True if newer parked changes than the listed ones exist. */
export function hasNewerParked({ parked_list, directions: ways }: LivePair): boolean {
	return directions.some((direction) => {
		const listed = (parked_list ?? []).filter((each) => each.direction === direction).length;
		return listed >= listedRecords && (ways[direction].errors ?? 0) > listed;
	});
}

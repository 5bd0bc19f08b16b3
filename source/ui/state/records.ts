/** Whether all conflicts and parked changes on record are listed, or only so many of them. */

import { directions, sides } from '../../config/types.ts';
import { fromSideId } from '../../engine/api/side-ids.ts';
import { type LivePair, listedRecords } from '../../engine/api/snapshot.ts';

/** Whether older conflicts than the listed ones may be on record. */
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

/** Whether newer changes than the listed ones are parked. */
export function hasNewerParked({ parked_list, directions: ways }: LivePair): boolean {
	return directions.some((direction) => {
		const listed = (parked_list ?? []).filter((each) => each.direction === direction).length;
		return listed >= listedRecords && (ways[direction].errors ?? 0) > listed;
	});
}

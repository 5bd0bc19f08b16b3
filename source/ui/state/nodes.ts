/** The nodes that a pair's logs are kept for, each once, and how they are told of. */

import { type Direction, directions, type Side, sides, sourceSide } from '../../config/types.ts';
import { countedWaiting, type LivePair } from '../../engine/api/snapshot.ts';
import { timeSpan } from '../../text/duration.ts';
import { count } from '../../text/words.ts';

export interface ListedNode {
	node_id: string;
	/** Whose logs are kept for it. */
	sides: Side[];
	/** Which end of this very pair it is; null for a node of another pair. */
	own: Side | null;
	/** When it was last seen at either side: ISO 8601, UTC; null where the logs alone tell of it. */
	seen_at: string | null;
	/** Changes that wait for it on each of those sides; null where that is not known. */
	waiting: Partial<Record<Side, number | null>>;
}

/** Nodes of other pairs first, each kind by name: those are the ones that somebody may look for. */
export function nodesOf(pair: LivePair): ListedNode[] {
	const found = new Map<string, ListedNode>();
	for (const side of sides) {
		for (const { node_id, seen_at, waiting } of pair.logs[side]?.nodes ?? []) {
			const own = sides.find((each) => pair[each].node_id === node_id) ?? null;
			const node = found.get(node_id) ?? { node_id, sides: [], own, seen_at: null, waiting: {} };
			node.sides.push(side);
			node.waiting[side] = own === null ? waiting : pair.directions[from(side)].pending;
			if (seen_at !== null && seen_at > (node.seen_at ?? '')) node.seen_at = seen_at;
			found.set(node_id, node);
		}
	}
	const rank = ({ own }: ListedNode) => (own === null ? 0 : 1);
	return [...found.values()].sort(
		(one, other) => rank(one) - rank(other) || (one.node_id < other.node_id ? -1 : 1),
	);
}

/** The direction in which a side is the source. */
function from(side: Side): Direction {
	return directions.find((direction) => sourceSide(direction) === side) ?? 'local_to_cloud';
}

/** How many changes wait for a node on all sides: `12`, `10,000+`, `?`. */
export function waitingText({ waiting, own }: ListedNode, side?: Side): string {
	const counts = side ? [waiting[side] ?? null] : Object.values(waiting);
	if (counts.includes(null)) return count(null);
	const more = own === null && counts.some((number) => (number ?? 0) >= countedWaiting);
	return `${count(counts.reduce<number>((sum, number) => sum + (number ?? 0), 0))}${more ? '+' : ''}`;
}

/** How long a node has been silent, in the largest unit; null where it was never seen. */
export function silentFor({ seen_at }: Pick<ListedNode, 'seen_at'>, now: number): string | null {
	return seen_at === null ? null : timeSpan(Math.max(0, now - Date.parse(seen_at)), 1);
}

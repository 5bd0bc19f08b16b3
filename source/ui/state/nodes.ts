/** The nodes that a pair's logs are retained for, each once. */

import { type Direction, directions, type Side, sides, sourceSide } from '../../config/types.ts';
import { countedWaiting, type LivePair } from '../../engine/api/snapshot.ts';
import { timeSpan } from '../../text/duration.ts';
import { count } from '../../text/words.ts';

export interface ListedNode {
	node_id: string;
	/** The sides whose logs are retained for it. */
	sides: Side[];
	/** The side of this pair that it is; null for a node of another pair. */
	own: Side | null;
	/** When it was last seen on either side: ISO 8601, UTC; null if it is known from the logs alone. */
	seen_at: string | null;
	/** Changes retained for it on each of those sides; null if not known. */
	waiting: Partial<Record<Side, number | null>>;
}

/** Nodes of other pairs first, as those are the ones to look for; then by name. */
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

/** The direction whose source is this side. */
function from(side: Side): Direction {
	return directions.find((direction) => sourceSide(direction) === side) ?? 'local_to_cloud';
}

/** The number of changes retained for a node, on one side or all: `12`, `10,000+`, `?`. */
export function waitingText({ waiting, own }: ListedNode, side?: Side): string {
	const counts = side ? [waiting[side] ?? null] : Object.values(waiting);
	if (counts.includes(null)) return count(null);
	const more = own === null && counts.some((number) => (number ?? 0) >= countedWaiting);
	return `${count(counts.reduce<number>((sum, number) => sum + (number ?? 0), 0))}${more ? '+' : ''}`;
}

/** Time since a node was last seen, in the largest unit; null if it never was. */
export function silentFor({ seen_at }: Pick<ListedNode, 'seen_at'>, now: number): string | null {
	return seen_at === null ? null : timeSpan(Math.max(0, now - Date.parse(seen_at)), 1);
}

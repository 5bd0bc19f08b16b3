import type { Side } from '../../config/types.ts';
import type { LivePair } from '../../engine/api/snapshot.ts';
import { count, plural } from '../../text/words.ts';
import { agoIso } from '../drawing/format.ts';
import type { Frame } from '../drawing/frame.ts';
import { type Span, span } from '../drawing/spans.ts';
import { type ListedNode, nodesOf, silentFor, waitingText } from '../state/nodes.ts';
import { labelled } from './labelled.ts';

/** How much an end's change log holds, and for whom. */
export function logLine(frame: Frame, pair: LivePair, side: Side): string {
	const log = pair.logs[side];
	if (log === null) {
		return labelled(frame, '', [span('  log ', 'quiet'), span('?', 'warning')]);
	}
	const { changes, since, nodes } = log;
	const from = since === null ? '' : ` since ${agoIso(since, frame.now)}`;
	const size = span(`  log ${plural(changes, 'change')}${from}`, 'quiet');
	const others = nodesOf(pair).filter((node) => node.own === null && node.sides.includes(side));
	if (others.length > 0) return labelled(frame, '', [size, ...othersSpans(frame, others, side)]);
	const kept = nodes.map(({ node_id }) => node_id).join(', ');
	return labelled(frame, '', [size, span(kept === '' ? '' : `, kept for ${kept}`, 'quiet')]);
}

/** Of the nodes of other pairs that a log is kept for, the one that is silent for longest. */
function othersSpans({ now }: Frame, others: readonly ListedNode[], side: Side): Span[] {
	const [first] = [...others].sort((one, other) =>
		(one.seen_at ?? '') < (other.seen_at ?? '') ? -1 : 1,
	);
	if (!first) return [];
	const silent = silentFor(first, now);
	return [
		span(`; ${first.node_id}`),
		span(` ${silent === null ? 'never seen' : `silent ${silent}`}`),
		others.length > 1
			? span(`, ${count(others.length - 1)} more (n)`, 'quiet')
			: span(`, ${waitingText(first, side)} wait`),
	];
}

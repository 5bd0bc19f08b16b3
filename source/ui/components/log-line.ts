import type { Side } from '../../config/types.ts';
import type { LivePair } from '../../engine/api/snapshot.ts';
import { timeSpan } from '../../text/duration.ts';
import { count, plural } from '../../text/words.ts';
import type { Frame } from '../drawing/frame.ts';
import { type Span, span } from '../drawing/spans.ts';
import { type ListedNode, nodesOf, silentFor, waitingText } from '../state/nodes.ts';
import { labelled } from './labelled.ts';

/** The size of a side's change log, and the nodes it is retained for. */
export function logLine(frame: Frame, pair: LivePair, side: Side): string {
	const log = pair.logs[side];
	if (log === null) {
		return labelled(frame, 'change log', [span('  '), span('?', 'warning')]);
	}
	const { changes, since, nodes } = log;
	const from =
		since === null ? '' : `, oldest ${timeSpan(Math.max(0, frame.now - Date.parse(since)), 1)}`;
	const size = span(`  about ${plural(changes, 'row')}${from}`, 'quiet');
	const others = nodesOf(pair).filter((node) => node.own === null && node.sides.includes(side));
	if (others.length > 0)
		return labelled(frame, 'change log', [size, ...othersSpans(frame, others, side)]);
	const kept = nodes.map(({ node_id }) => node_id).join(', ');
	return labelled(frame, 'change log', [
		size,
		span(kept === '' ? '' : `, retained for ${kept}`, 'quiet'),
	]);
}

/** The longest unseen of the other pairs' nodes that a log is retained for. */
function othersSpans({ now }: Frame, others: readonly ListedNode[], side: Side): Span[] {
	const [first] = [...others].sort((one, other) =>
		(one.seen_at ?? '') < (other.seen_at ?? '') ? -1 : 1,
	);
	if (!first) return [];
	const silent = silentFor(first, now);
	return [
		span(`; ${first.node_id}`),
		span(` ${silent === null ? 'never seen' : `not seen for ${silent}`}`),
		others.length > 1
			? span(`, ${count(others.length - 1)} more (n)`, 'quiet')
			: span(`, ${waitingText(first, side)} retained`),
	];
}

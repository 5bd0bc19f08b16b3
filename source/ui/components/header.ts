/** The first line of the screen: program, node and overall state. */

import type { Direction } from '../../config/types.ts';
import type { LivePair } from '../../engine/api/snapshot.ts';
import { plural } from '../../text/words.ts';
import { until } from '../drawing/format.ts';
import type { Frame } from '../drawing/frame.ts';
import { edges, type Span, span, spansWidth } from '../drawing/spans.ts';
import { stateMarks, type Theme } from '../drawing/theme.ts';
import { openPair } from '../state/state.ts';
import { totalPending } from './pending.ts';

/** A pair's state, as symbol and name. */
export function stateSpan(theme: Theme, pair: LivePair): Span {
	const { sign, look } = stateMarks[pair.state];
	return span(`${theme.glyphs[sign]} ${pair.state}`, look);
}

/** The next run of a pair: `in 4m`, `now` while it runs, a dash if none is scheduled. */
export function nextRun(theme: Theme, pair: LivePair, now: number): string {
	if (pair.state === 'running') return 'now';
	return pair.next_run_at === null ? theme.glyphs.none : until(pair.next_run_at, now);
}

function totals({ theme, state, now, refresh }: Frame): Span[] {
	const { pairs } = state.snapshot;
	const total = (direction: Direction) => totalPending(theme, pairs, direction, now, refresh);
	const { bad, toCloud, toLocal } = theme.glyphs;
	const unwell = pairs.filter(
		(pair) => pair.state === 'offline' || pair.state === 'blocked',
	).length;
	return [
		span(plural(pairs.length, 'pair')),
		span(unwell > 0 ? `  ${bad} ${unwell} down` : '', 'bad'),
		span('   '),
		span(toCloud, 'accent'),
		span(` ${total('local_to_cloud')}   `),
		span(toLocal, 'accent'),
		span(` ${total('cloud_to_local')} `),
	];
}

/** Properties of a pair that matter in every view. */
function badges(pair: LivePair): Span[] {
	return [
		...(pair.read_only ? [span('read-only', 'warning')] : []),
		...(pair.conflicts !== null && pair.conflicts > 0
			? [span(plural(pair.conflicts, 'conflict'), 'warning')]
			: []),
	];
}

/** Separates spans by gaps. */
function apart(spans: readonly Span[]): Span[] {
	return spans.flatMap((each, index) => (index === 0 ? [each] : [span('   '), each]));
}

/** The badges of a pair, followed by further spans. */
export function withBadges(pair: LivePair, ...more: Span[]): Span[] {
	return apart([...badges(pair), ...more.filter(({ text }) => text !== '')]);
}

function pairNow(frame: Frame, pair: LivePair): Span[] {
	const { theme, now } = frame;
	const next = nextRun(theme, pair, now);
	return [
		...withBadges(
			pair,
			stateSpan(theme, pair),
			span(next === 'now' ? '' : `next ${next}`, 'quiet'),
		),
		span(' '),
	];
}

export function headerLine(frame: Frame, version: string): string {
	const { theme, width, state } = frame;
	const { between, within } = theme.glyphs;
	const { node_id, pairs } = state.snapshot;
	const name = span(' mysql-sync-tui', 'strong');
	const pair = openPair(state);
	if (pair) {
		const left = [name, span(` ${within} `, 'quiet'), span(pair.name, 'strong')];
		return edges(theme, width, left, pairNow(frame, pair));
	}
	const right = pairs.length > 0 ? totals(frame) : [];
	const room = width - spansWidth(right) - 1;
	const texts = [` ${version} ${between} ${node_id}`, ` ${between} ${node_id}`];
	const lefts = texts.map((text) => [name, span(text, 'quiet')]);
	return edges(theme, width, lefts.find((left) => spansWidth(left) <= room) ?? [name], right);
}

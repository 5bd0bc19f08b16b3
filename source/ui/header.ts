/** The first line of the screen: the program, the node, and how everything stands. */

import type { LivePair } from '../engine/snapshot.ts';
import { plural, until } from './format.ts';
import type { Frame } from './frame.ts';
import { edges, type Span, span } from './lines.ts';
import { totalPending } from './pending.ts';
import { openPair } from './state.ts';
import { stateMarks, type Theme } from './theme.ts';

/** The state of a pair as its sign and its name. */
export function stateSpan(theme: Theme, pair: LivePair): Span {
	const { sign, look } = stateMarks[pair.state];
	return span(`${theme.glyphs[sign]} ${pair.state}`, look);
}

/** When a pair runs next: `in 4m`, `now` while it runs, a dash where nothing is planned. */
export function nextRun(theme: Theme, pair: LivePair, now: number): string {
	if (pair.state === 'running') return 'now';
	return pair.next_run_at === null ? theme.glyphs.none : until(pair.next_run_at, now);
}

function totals(theme: Theme, pairs: readonly LivePair[]): Span[] {
	const { bad, toCloud, toLocal } = theme.glyphs;
	const unwell = pairs.filter(({ state }) => state === 'offline' || state === 'blocked').length;
	return [
		span(plural(pairs.length, 'pair')),
		span(unwell > 0 ? `  ${bad} ${unwell} down` : '', 'bad'),
		span('   '),
		span(toCloud, 'accent'),
		span(` ${totalPending(pairs, 'local_to_cloud')}   `),
		span(toLocal, 'accent'),
		span(` ${totalPending(pairs, 'cloud_to_local')} `),
	];
}

function pairNow(frame: Frame, pair: LivePair): Span[] {
	const { theme, now } = frame;
	const next = nextRun(theme, pair, now);
	return [
		...(pair.read_only ? [span('read-only', 'warning'), span('   ')] : []),
		...(pair.conflicts > 0
			? [span(plural(pair.conflicts, 'conflict'), 'warning'), span('   ')]
			: []),
		stateSpan(theme, pair),
		span(next === 'now' ? ' ' : `   next ${next} `, 'quiet'),
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
	const left = [name, span(` ${version} ${between} ${node_id}`, 'quiet')];
	return edges(theme, width, left, pairs.length > 0 ? totals(theme, pairs) : []);
}

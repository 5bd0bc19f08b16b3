/** What needs a person's attention, and the view that shows it. */

import { directions, sides } from '../../config/types.ts';
import type { LivePair } from '../../engine/api/snapshot.ts';
import { count, plural } from '../../text/words.ts';
import type { Frame } from '../drawing/frame.ts';
import { type Span, span } from '../drawing/spans.ts';

/** Number of tables whose triggers are missing or stale on either side. */
export function lackingTriggers({ tables }: LivePair): number {
	return tables.filter(({ triggers }) =>
		sides.some((side) => triggers[side] === 'missing' || triggers[side] === 'stale'),
	).length;
}

/** `triggers missing on 3 tables`; `stale` if none is missing. */
export function triggersText(pair: LivePair): string {
	const missing = pair.tables.some(({ triggers }) => Object.values(triggers).includes('missing'));
	const fault = missing ? 'missing' : 'stale';
	return `triggers ${fault} on ${plural(lackingTriggers(pair), 'table')}`;
}

/** The parked changes. `all` is false if a side is unreachable, so that its count is unknown. */
function parkedIn(pair: LivePair): { known: number; all: boolean } {
	const counts = directions.map((direction) => pair.directions[direction].errors);
	const known = counts.reduce<number>((sum, each) => sum + (each ?? 0), 0);
	return { known, all: !counts.includes(null) };
}

/** True if some rows of the pair are not synced until a person acts. */
export function needsPerson(pair: LivePair): boolean {
	return (pair.conflicts ?? 0) > 0 || parkedIn(pair).known > 0 || lackingTriggers(pair) > 0;
}

function conflictsSpan({ theme }: Frame, { conflicts }: LivePair): Span | null {
	if (conflicts === null) return span('? conflicts (4)', 'warning');
	if (conflicts === 0) return null;
	return span(`${theme.glyphs.warning} ${plural(conflicts, 'conflict')} (4)`, 'warning');
}

function parkedSpan({ theme }: Frame, pair: LivePair): Span | null {
	const { known, all } = parkedIn(pair);
	if (known > 0) {
		return span(`${theme.glyphs.bad} ${count(known)}${all ? '' : '+?'} parked (5)`, 'bad');
	}
	return all ? null : span('? parked (5)', 'warning');
}

export function needsSpans(frame: Frame, pair: LivePair): Span[] {
	const { warning, bad, ok } = frame.theme.glyphs;
	if (pair.looked_at === null) return [span('?', 'warning')];
	const lacking = lackingTriggers(pair);
	const skipped = pair.tables.filter(({ skipped_reason }) => skipped_reason !== null).length;
	const noted = Object.keys(pair.notes).length;
	const said = [
		conflictsSpan(frame, pair),
		parkedSpan(frame, pair),
		lacking > 0 ? span(`${bad} ${triggersText(pair)} (3)`, 'bad') : null,
		noted > 0 ? span(`${warning} ${plural(noted, 'table')} with warnings (3)`, 'warning') : null,
		skipped > 0 ? span(`${count(skipped)} skipped (3)`, 'quiet') : null,
	].filter((each) => each !== null);
	if (said.length === 0) return [span(`${ok} nothing`, 'good')];
	return said.flatMap((each, index) => (index === 0 ? [each] : [span('  '), each]));
}

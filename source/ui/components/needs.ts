/** What waits for a person, and the view where it can be seen to. */

import { directions, sides } from '../../config/types.ts';
import type { LivePair } from '../../engine/api/snapshot.ts';
import { count, plural } from '../../text/words.ts';
import type { Frame } from '../drawing/frame.ts';
import { type Span, span } from '../drawing/spans.ts';

/** Tables whose triggers are not there, or not current, on a side. */
export function lackingTriggers({ tables }: LivePair): number {
	return tables.filter(({ triggers }) =>
		sides.some((side) => triggers[side] === 'missing' || triggers[side] === 'stale'),
	).length;
}

/** How many changes are parked, and whether that is all: of an end that is down it is not known. */
function parkedIn(pair: LivePair): { known: number; all: boolean } {
	const counts = directions.map((direction) => pair.directions[direction].errors);
	const known = counts.reduce<number>((sum, each) => sum + (each ?? 0), 0);
	return { known, all: !counts.includes(null) };
}

/** Whether nothing goes on with some of a pair's rows until a person has seen to it. */
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
		lacking > 0 ? span(`${bad} triggers of ${plural(lacking, 'table')} (3)`, 'bad') : null,
		noted > 0 ? span(`${warning} notes on ${plural(noted, 'table')} (3)`, 'warning') : null,
		skipped > 0 ? span(`${count(skipped)} skipped (3)`, 'quiet') : null,
	].filter((each) => each !== null);
	if (said.length === 0) return [span(`${ok} nothing`, 'good')];
	return said.flatMap((each, index) => (index === 0 ? [each] : [span('  '), each]));
}

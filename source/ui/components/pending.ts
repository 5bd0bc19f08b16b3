/** The pending changes of a pair as known at one moment, and how current that is. */

import { type Direction, directions, sourceSide } from '../../config/types.ts';
import type { LivePair } from '../../engine/api/snapshot.ts';
import { timeSpan } from '../../text/duration.ts';
import { count } from '../../text/words.ts';
import { shortCount } from '../drawing/format.ts';
import type { Span } from '../drawing/spans.ts';
import { span } from '../drawing/spans.ts';
import type { Theme } from '../drawing/theme.ts';
import { isStale } from '../state/redraw-pace.ts';

export interface Pending {
	/** Null if it was never read. */
	count: number | null;
	/** Milliseconds since the oldest pending change; null if there is none or it is not known. */
	oldest: number | null;
	/** Milliseconds since the count was read, if it is out of date; else null. */
	staleFor: number | null;
}

export function pendingShown(
	pair: LivePair,
	direction: Direction,
	now: number,
	refresh: number,
): Pending {
	const { pending, oldest_pending_seconds: oldest } = pair.directions[direction];
	const since = pair.looked_at === null ? null : Math.max(0, now - pair.looked_at);
	const unreachable = pair[sourceSide(direction)].reachable === false;
	const old = pair.looked_at !== null && isStale(pair.looked_at, now, refresh);
	return {
		count: pending,
		oldest: oldest === null ? null : oldest * 1000 + (since ?? 0),
		staleFor: pending !== null && (unreachable || old) ? since : null,
	};
}

/** The count in at most `width` cells. An outdated one has its age: `~1,204 3m`. */
export function pendingCell(theme: Theme, pending: Pending, width: number): Span {
	const { count: value, staleFor } = pending;
	if (value === null) return span('?', 'warning');
	if (staleFor === null) {
		return span(shortCount(value, width), value === 0 ? 'quiet' : 'strong');
	}
	const age = ` ${timeSpan(staleFor, 1)}`;
	const room = width - age.length - theme.glyphs.about.length;
	return span(`${theme.glyphs.about}${shortCount(value, room)}${age}`, 'warning');
}

/** The pending changes of both directions together, with the age of the oldest. */
export function oldestOf(pair: LivePair, now: number, refresh: number): Pending {
	const both = directions.map((direction) => pendingShown(pair, direction, now, refresh));
	const known = both.map(({ oldest }) => oldest).filter((oldest) => oldest !== null);
	const counts = both.map((each) => each.count);
	return {
		count: counts.includes(null) ? null : counts.reduce((sum, each) => (sum ?? 0) + (each ?? 0), 0),
		oldest: known.length === 0 ? null : Math.max(...known),
		staleFor: both.find(({ staleFor }) => staleFor !== null)?.staleFor ?? null,
	};
}

/** Shown in a list's title if the list is out of date. */
export function staleSpan(pair: LivePair, now: number, refresh: number): Span {
	const { staleFor } = oldestOf(pair, now, refresh);
	return span(staleFor === null ? '' : `  as of ${timeSpan(staleFor)} ago`, 'warning');
}

/** The age of the oldest change: a dash if nothing is pending, `?` if that is not known. */
export function oldestCell(theme: Theme, pending: Pending): Span {
	const { about, none } = theme.glyphs;
	if (pending.oldest !== null) {
		const sure = pending.staleFor === null;
		return span(`${sure ? '' : about}${timeSpan(pending.oldest)}`, sure ? 'plain' : 'warning');
	}
	return pending.count === 0 ? span(none, 'quiet') : span('?', 'warning');
}

/** The sum over all pairs: `~1,204+?` if part of it is outdated (`~`) and part unknown (`?`). */
export function totalPending(
	theme: Theme,
	pairs: readonly LivePair[],
	direction: Direction,
	now: number,
	refresh: number,
): string {
	const all = pairs.map((pair) => pendingShown(pair, direction, now, refresh));
	const known = all.map((each) => each.count).filter((each) => each !== null);
	if (known.length === 0) return '?';
	const sum = count(known.reduce((total, each) => total + each, 0));
	const stale = all.some(({ staleFor }) => staleFor !== null) ? theme.glyphs.about : '';
	return `${stale}${sum}${known.length < all.length ? '+?' : ''}`;
}

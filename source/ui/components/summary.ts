/** A pair in a few lines: both sides, both directions, and its problem. */

import { type Direction, directions, type Side, sides } from '../../config/types.ts';
import type { EndSnapshot, LastBatch, LivePair } from '../../engine/api/snapshot.ts';
import { type FitOptions, fitTo, textWidth, wrap } from '../../terminal/text.ts';
import { timeSpan, took } from '../../text/duration.ts';
import { count } from '../../text/words.ts';
import { ago, latency } from '../drawing/format.ts';
import type { Frame } from '../drawing/frame.ts';
import { line, type Span, span, spansWidth } from '../drawing/spans.ts';
import type { TextLook, Theme } from '../drawing/theme.ts';
import { withoutPair } from '../state/messages.ts';
import { type Pending, pendingShown } from './pending.ts';

/** From this width on, a side and its direction share a line. */
const wide = 176;
/** Cells of a direction beside its side. */
const directionWidth = 102;
/** From this width on, the number of changes moved since the start is shown. */
const roomForMoved = 100;
/** From this width on, the last batch fits beside the parked changes. */
const roomForBoth = 80;
/** Most lines of the fix, and of a problem without one. */
const mostProblemLines = 2;

const gap = '  ';
const sideWidth = 5;
const nodeWidth = 12;
const serverWidth = 17;
const latencyWidth = 7;
const countWidth = 9;
const ageWidth = 15;
const movedWidth = 16;
/** Fewer cells than this are too few for an address. */
const leastAddress = 16;

interface CellOptions extends FitOptions {
	look?: TextLook;
}

export function cell(theme: Theme, text: string, width: number, options: CellOptions = {}): Span {
	const { look = 'plain', ...how } = options;
	return span(fitTo(text, width, { ellipsis: theme.glyphs.ellipsis, ...how }), look);
}

function spaced(cells: readonly Span[]): Span[] {
	return cells.flatMap((each, index) => (index === 0 ? [each] : [span(gap), each]));
}

function reachMark({ reachable, error }: EndSnapshot): {
	sign: 'ok' | 'bad' | 'unknown';
	look: TextLook;
} {
	if (reachable === null) return { sign: 'unknown', look: 'warning' };
	if (!reachable) return { sign: 'bad', look: 'bad' };
	// Reachable, but it does not accept writes.
	return error === null ? { sign: 'ok', look: 'good' } : { sign: 'bad', look: 'warning' };
}

export function endSpans(frame: Frame, pair: LivePair, side: Side, width: number): Span[] {
	const { theme } = frame;
	const { reachable, node_id, server, latency_ms, error } = pair[side];
	const { sign, look } = reachMark(pair[side]);
	const address = pair.address[side];
	const head = [
		span('   '),
		cell(theme, side, sideWidth, { look: 'quiet' }),
		span(gap),
		span(`${theme.glyphs[sign]} `, look),
		cell(theme, node_id, nodeWidth),
		span(gap),
	];
	const room = Math.max(0, width - spansWidth(head) - 1);
	if (reachable && error === null) {
		const left = room - serverWidth - latencyWidth - 2 * gap.length;
		const cells = [
			cell(theme, server ?? '?', serverWidth),
			cell(theme, latency(latency_ms), latencyWidth, { align: 'right' }),
			...(left < leastAddress
				? []
				: [cell(theme, address, left, { look: 'quiet', cut: 'middle' })]),
		];
		return [...head, ...spaced(cells)];
	}
	const why = reachable === null ? 'connecting' : (error?.split('\n')[0] ?? 'cannot be reached');
	const addressWidth = Math.min(textWidth(address), Math.floor(room / 2));
	const cells = [
		cell(theme, address, addressWidth, { cut: 'middle' }),
		cell(theme, why, Math.max(0, room - addressWidth - gap.length), { look }),
	];
	return [...head, ...spaced(cells)];
}

/** The age of the oldest change, or of the count itself if that is outdated. */
function ageCell(theme: Theme, pending: Pending): Span {
	if (pending.staleFor !== null) {
		return cell(theme, `as of ${timeSpan(pending.staleFor)} ago`, ageWidth, { look: 'warning' });
	}
	const { oldest } = pending;
	return cell(theme, oldest === null ? '' : `oldest ${timeSpan(oldest)}`, ageWidth);
}

function lastBatch(last: LastBatch | null, now: number): Span[] {
	if (last === null) return [span('no batch yet', 'quiet')];
	return [
		span('last ', 'quiet'),
		span(`${count(last.applied)} in ${took(last.milliseconds)}`),
		span(`, ${ago(Date.parse(last.at), now)}`, 'quiet'),
	];
}

function directionSpans(frame: Frame, pair: LivePair, direction: Direction): Span[] {
	const { theme, now, refresh, width } = frame;
	const { toCloud, toLocal, about, bad } = theme.glyphs;
	const pending = pendingShown(pair, direction, now, refresh);
	const { last_batch, errors } = pair.directions[direction];
	const stale = pending.staleFor !== null;
	const known: TextLook = pending.count === 0 ? 'quiet' : 'strong';
	const look: TextLook = stale || pending.count === null ? 'warning' : known;
	const moved = `moved ${count(pair.moved[direction])}`;
	const cells = [
		cell(theme, direction === 'local_to_cloud' ? toCloud : toLocal, 1, { look: 'accent' }),
		cell(theme, `${stale ? about : ''}${count(pending.count)}`, countWidth, {
			look,
			align: 'right',
		}),
		span('pending', 'quiet'),
		ageCell(theme, pending),
		...(width >= roomForMoved ? [cell(theme, moved, movedWidth, { look: 'quiet' })] : []),
	];
	const parked = errors !== null && errors > 0 ? `${bad} ${count(errors)} parked` : '';
	const last = lastBatch(last_batch, now);
	return [
		span('   '),
		...spaced(cells),
		span(gap),
		// On a narrow screen the last batch gives way to the parked changes.
		...(parked !== '' && width < roomForBoth ? [] : [...last, span(gap)]),
		span(parked, 'bad'),
	];
}

/** The engine's description of the pair's problem and its fix. */
export function problemLines(frame: Frame, pair: LivePair): string[] {
	if (pair.problem === null) return [];
	const { theme, width } = frame;
	const { warning, ellipsis } = theme.glyphs;
	const [what = '', ...cure] = withoutPair(pair.problem, pair.name).split(/\n\s*/);
	const roomy = frame.state.size.rows >= roomForEnds;
	const most = cure.length > 0 ? 1 : mostProblemLines;
	const parts = [
		...wrap(what, width - 6, most, { ellipsis }),
		...wrap(cure.join(' '), width - 6, roomy ? mostProblemLines : 1, { ellipsis }),
	];
	// Neither standby nor a pause is a fault.
	const look = pair.state === 'standby' || pair.state === 'paused' ? 'warning' : 'bad';
	return parts.map((part, index) =>
		line(theme, width, [span(index === 0 ? `   ${warning} ` : '     ', look), span(part, look)]),
	);
}

/** Terminal rows from which on both sides are shown with the directions. */
const roomForEnds = 20;

/** @param short omits what the overview shows itself */
export function summaryLines(frame: Frame, pair: LivePair, short = false): string[] {
	const { theme, width, state } = frame;
	const whole = (spans: Span[]) => line(theme, width, spans);
	if (short && state.size.rows < roomForEnds) {
		return directions.map((direction) => whole(directionSpans(frame, pair, direction)));
	}
	if (width < wide) {
		return [
			...sides.map((side) => whole(endSpans(frame, pair, side, width))),
			...directions.map((direction) => whole(directionSpans(frame, pair, direction))),
			...problemLines(frame, pair),
		];
	}
	const room = Math.min(Math.floor(width / 2), width - directionWidth);
	const beside = (side: Side, direction: Direction) =>
		whole([...endSpans(frame, pair, side, room), ...directionSpans(frame, pair, direction)]);
	return [
		beside('local', 'local_to_cloud'),
		beside('cloud', 'cloud_to_local'),
		...problemLines(frame, pair),
	];
}

/** The overview of a pair, in blocks. A small screen keeps the most important ones. */

import { type Direction, directions, type Side, sides, sourceSide } from '../../config/types.ts';
import { describeSecurity, isExposed } from '../../engine/api/line-security.ts';
import {
	type LivePair,
	type MovedBatch,
	type PendingChange,
	trendStep,
} from '../../engine/api/snapshot.ts';
import { timeSpan, took } from '../../text/duration.ts';
import { count, plural } from '../../text/words.ts';
import { ago, perSecond, shortCount } from '../drawing/format.ts';
import type { Frame } from '../drawing/frame.ts';
import { edges, line, rule, type Span, span, spansWidth } from '../drawing/spans.ts';
import { mostOf, sparkline } from '../drawing/sparkline.ts';
import { nextRun, stateSpan } from './header.ts';
import { labelled, labelWidth } from './labelled.ts';
import { logLine } from './log-line.ts';
import { needsSpans } from './needs.ts';
import { operationLooks } from './operations.ts';
import { type Pending, pendingShown } from './pending.ts';
import { cell, endSpans, problemLines } from './summary.ts';

/** Lines that belong together. A small screen omits the blocks of the highest rank first. */
interface Block {
	rank: number;
	lines: string[];
	/** True if a blank line precedes it where there is room. */
	apart?: boolean;
}

/** From this rank on, a block matters less than the blank lines between the others. */
const leastOfAll = 8;
/** From this width on, a direction shows its number of parked changes. */
const roomForParked = 76;
/** Most batches on one line. */
const namedBatches = 4;

function arrowOf({ theme }: Frame, direction: Direction): string {
	return direction === 'local_to_cloud' ? theme.glyphs.toCloud : theme.glyphs.toLocal;
}

function ageSpan(pending: Pending): Span {
	if (pending.staleFor !== null) {
		return span(`as of ${timeSpan(pending.staleFor)} ago`, 'warning');
	}
	return span(pending.oldest === null ? '' : `oldest ${timeSpan(pending.oldest)}`);
}

function directionLine(frame: Frame, pair: LivePair, direction: Direction): string {
	const { theme, width, now, refresh } = frame;
	const pending = pendingShown(pair, direction, now, refresh);
	const { errors } = pair.directions[direction];
	const stale = pending.staleFor !== null;
	const unsure = stale || pending.count === null;
	const number = `${stale ? theme.glyphs.about : ''}${count(pending.count)}`;
	const rate = pair.rate[direction];
	const age = ageSpan(pending);
	const parked = span(errors ? `${theme.glyphs.bad} ${count(errors)} parked` : '', 'bad');
	const left = [
		span(` ${arrowOf(frame, direction)} `, 'accent'),
		cell(theme, direction.replaceAll('_', ' '), 15, { look: 'strong' }),
		cell(theme, number, 9, {
			look: unsure ? 'warning' : pending.count === 0 ? 'quiet' : 'strong',
			align: 'right',
		}),
		span(' pending  ', 'quiet'),
		...(width < roomForParked ? [age] : [cell(theme, age.text, 16, { look: age.look }), parked]),
	];
	const right = [
		cell(theme, perSecond(rate), 8, { align: 'right', look: rate ? 'strong' : 'quiet' }),
		...(width < 100 ? [] : [span(`   moved ${count(pair.moved[direction])}`, 'quiet')]),
		span(' '),
	];
	return edges(theme, width, left, right);
}

/** Cells after a sparkline, for the value of its highest bar. */
const scaleWidth = 17;

function trendLine(
	frame: Frame,
	label: string,
	values: readonly (number | null)[],
	unit: string,
): string {
	const { theme, width } = frame;
	const room = Math.max(0, width - labelWidth - scaleWidth);
	const shown = values.slice(-room);
	const most = mostOf(shown);
	const bars = sparkline(theme, shown, Math.min(room, 60));
	const scale = `  top ${shortCount(most, 6)}${unit}`;
	return labelled(frame, label, [
		span(bars, most === 0 ? 'quiet' : 'accent'),
		span(scale, 'quiet'),
	]);
}

function pendingTrend(frame: Frame, pair: LivePair, direction: Direction): string {
	const values = pair.trend[direction].map(({ pending }) => pending);
	return trendLine(frame, '  pending', values, '');
}

function appliedTrend(frame: Frame, pair: LivePair, direction: Direction): string {
	const values = pair.trend[direction].map(({ applied }) => applied);
	return trendLine(frame, '  moved', values, ` in ${trendStep / 1000}s`);
}

function batchWords({ theme, now }: Frame, batch: MovedBatch): Span[] {
	const { at, applied, milliseconds, conflicts, refused } = batch;
	return [
		span(`${count(applied)} in ${took(milliseconds)}`),
		span(` ${ago(Date.parse(at), now)}`, 'quiet'),
		span(conflicts > 0 ? ` ${plural(conflicts, 'conflict')}` : '', 'warning'),
		span(refused > 0 ? ` ${theme.glyphs.bad} ${count(refused)} refused` : '', 'bad'),
	];
}

/** As many of the last batches as fit completely. */
function batchesLine(frame: Frame, pair: LivePair, direction: Direction): string {
	const shown: Span[] = [];
	for (const batch of pair.batches[direction].slice(0, namedBatches)) {
		const gap = shown.length === 0 ? [] : [span(` ${frame.theme.glyphs.between} `, 'quiet')];
		const words = [...gap, ...batchWords(frame, batch)];
		if (labelWidth + spansWidth(shown) + spansWidth(words) > frame.width && shown.length > 0) break;
		shown.push(...words);
	}
	return labelled(
		frame,
		'  batches',
		shown.length > 0 ? shown : [span('none since this program started', 'quiet')],
	);
}

function runLine(frame: Frame, pair: LivePair): string {
	const next = nextRun(frame.theme, pair, frame.now);
	const when = next === 'now' ? '' : `  next run ${next}`;
	return labelled(frame, 'state', [
		stateSpan(frame.theme, pair),
		span(when),
		span(`  every ${timeSpan(pair.interval)}`, 'quiet'),
		span(pair.read_only ? '  read-only' : '', 'warning'),
		span(pair.state === 'paused' && !pair.read_only ? '  p resumes' : '', 'quiet'),
	]);
}

function holderLine(frame: Frame, pair: LivePair): string {
	const { holder, held_here: here } = pair;
	const since = holder ? Date.parse(holder.since) : Number.NaN;
	const age = span(
		Number.isNaN(since) ? '' : `, active for ${timeSpan(frame.now - since, 1)}`,
		'quiet',
	);
	if (here) {
		const process = span(holder ? `, pid ${holder.process}` : '', 'quiet');
		return labelled(frame, 'engine', [span('this process'), process, age]);
	}
	if (holder === undefined) return labelled(frame, 'engine', [span('?', 'warning')]);
	return labelled(
		frame,
		'engine',
		holder === null ? [span('none active', 'quiet')] : [span(holder.name, 'warning'), age],
	);
}

/** A change on one line. */
function changeLine(frame: Frame, direction: Direction, change: PendingChange): string {
	const { theme, width, now } = frame;
	const { operation, table, key, changed_at } = change;
	const left = [
		span(`   ${arrowOf(frame, direction)} `, 'accent'),
		cell(theme, operation, 7, { look: operationLooks[operation] ?? 'plain' }),
		span(table, 'strong'),
		span(` ${key}`),
	];
	const age = changed_at === null ? '?' : timeSpan(Math.max(0, now - Date.parse(changed_at)));
	return edges(theme, width, left, [span(`${age} `, 'quiet')]);
}

/** The oldest pending changes of both directions, in at most `rows` rows. */
export function oldestLines(frame: Frame, pair: LivePair, rows: number): string[] {
	const { theme, width } = frame;
	const title = rule(
		theme,
		width,
		[span('oldest pending changes')],
		[span('2 shows more', 'quiet')],
	);
	const half = (rows - 1) / 2;
	const [toCloud = [], toLocal = []] = directions.map((direction, index, { length }) => {
		const other = directions[length - 1 - index] ?? direction;
		const each = index === 0 ? Math.ceil(half) : Math.floor(half);
		const room = Math.max(each, rows - 1 - pair.changes[other].length);
		return pair.changes[direction]
			.slice(0, room)
			.map((change) => changeLine(frame, direction, change));
	});
	const lines = [...toCloud, ...toLocal].slice(0, rows - 1);
	if (lines.length > 0) return [title, ...lines];
	const known = directions.every((direction) => pair.directions[direction].pending === 0);
	const words = known ? span('nothing pending', 'quiet') : span(unknownWords(pair), 'warning');
	return [title, line(theme, width, [span('   '), words])];
}

function unknownWords(pair: LivePair): string {
	const unknown = directions.some((direction) => pair.directions[direction].pending === null);
	const down = directions.map(sourceSide).find((side) => pair[side].reachable === false);
	if (down) return `the ${down} server cannot be reached`;
	return unknown ? 'not read yet' : 'reading the changes';
}

/** A warning if the connection can be read or altered on its way. */
function exposureLines(frame: Frame, pair: LivePair, side: Side): string[] {
	const security = pair.security[side];
	if (!isExposed(security)) return [];
	const words = `  ${frame.theme.glyphs.warning} ${describeSecurity(security)}`;
	return [labelled(frame, '', [span(words, 'warning')])];
}

/** The blocks of the overview, top to bottom. */
function blocks(frame: Frame, pair: LivePair): Block[] {
	const { theme, width } = frame;
	const ends = sides.flatMap((side): Block[] => [
		{ rank: 3, lines: [line(theme, width, endSpans(frame, pair, side, width))] },
		{ rank: 3, lines: exposureLines(frame, pair, side) },
		{ rank: 6, lines: [logLine(frame, pair, side)] },
	]);
	const ways = directions.flatMap((direction): Block[] => [
		{ rank: 0, lines: [directionLine(frame, pair, direction)], apart: true },
		{ rank: 4, lines: [pendingTrend(frame, pair, direction)] },
		{ rank: 8, lines: [appliedTrend(frame, pair, direction)] },
		{ rank: 5, lines: [batchesLine(frame, pair, direction)] },
	]);
	return [
		{ rank: 1, lines: problemLines(frame, pair) },
		...ends,
		...ways,
		{ rank: 2, lines: [runLine(frame, pair)], apart: true },
		{ rank: 2, lines: [holderLine(frame, pair)] },
		{ rank: 1, lines: [labelled(frame, 'attention', needsSpans(frame, pair))] },
	];
}

function size(all: readonly Block[]): number {
	return all.reduce((sum, { lines }) => sum + lines.length, 0);
}

/** The overview in at most `height` lines. */
export function overviewLines(frame: Frame, pair: LivePair, height: number): string[] {
	let kept = blocks(frame, pair);
	const gaps = kept.filter(({ apart }) => apart).length;
	for (;;) {
		const highest = Math.max(...kept.map(({ rank }) => rank));
		const wanted = size(kept) + (highest >= leastOfAll ? gaps : 0);
		if (wanted <= height || highest === 0) break;
		kept = kept.filter(({ rank }) => rank !== highest);
	}
	const spacious = size(kept) + gaps <= height;
	return kept
		.flatMap(({ lines, apart }) => (apart && spacious ? ['', ...lines] : lines))
		.slice(0, height);
}

/** The pending changes of one direction: a heading, then the changes, oldest first. */

import { type Direction, sourceSide } from '../../config/types.ts';
import type { LivePair, PendingChange } from '../../engine/api/snapshot.ts';
import { timeSpan } from '../../text/duration.ts';
import { count } from '../../text/words.ts';
import { type ListColumn, margin, placeColumns, rowLine } from '../drawing/columns.ts';
import type { Frame } from '../drawing/frame.ts';
import { line, rule, type Span, span } from '../drawing/spans.ts';
import { listName } from '../lists/lists.ts';
import { isSearching, pendingListed, searchesListedOnly } from '../lists/pages.ts';
import { operationLooks } from './operations.ts';
import { pendingShown } from './pending.ts';

function changeColumns(frame: Frame): ListColumn<PendingChange>[] {
	const { now } = frame;
	return [
		{
			title: 'OPERATION',
			least: 6,
			most: 6,
			rank: 0,
			cell: ({ operation }) => span(operation, operationLooks[operation] ?? 'plain'),
		},
		{
			title: 'TABLE',
			least: 10,
			most: 24,
			rank: 0,
			cell: ({ table }) => span(table, 'strong'),
		},
		{
			title: 'KEY',
			least: 12,
			most: 60,
			rank: 0,
			cut: 'middle',
			cell: ({ key }) => span(key),
		},
		{
			title: 'ORIGIN',
			least: 8,
			most: 20,
			rank: 1,
			cell: ({ source_node }) => span(source_node, 'quiet'),
		},
		{
			title: 'AGE',
			least: 7,
			most: 7,
			rank: 0,
			align: 'right',
			cell: ({ changed_at }) =>
				span(timeSpan(changed_at === null ? null : Math.max(0, now - Date.parse(changed_at)))),
		},
	];
}

export interface ChangesBlock {
	pair: LivePair;
	direction: Direction;
	/** The listed changes that match the filter. */
	changes: readonly PendingChange[];
	width: number;
	/** Rows available below the heading. */
	rows: number;
	/** Index of the first change on screen. */
	top: number;
	selected: number;
	/** True if this list has the focus. */
	focused: boolean;
}

/** The range on screen, or the number of matches and the range that was searched. */
function position(frame: Frame, block: ChangesBlock, about: string): string {
	const { pair, direction, changes, top, rows } = block;
	const { from } = frame.theme.glyphs;
	const { older, newer, words } = pair.pages[direction];
	const listed = pair.changes[direction].length;
	const all = `${about}${count(older + listed + newer)}`;
	if (searchesListedOnly(frame.state, pair, direction)) {
		const searched = `${count(older + 1)}${from}${count(older + listed)}`;
		return `  ${count(changes.length)} found in ${searched} of ${all}`;
	}
	const complete = older === 0 && newer === 0;
	if (rows <= 0 || changes.length === 0 || (complete && changes.length <= rows)) return '';
	const first = count(older + top + 1);
	const last = count(older + Math.min(changes.length, top + rows));
	const found = words.length > 0 ? ' found' : '';
	return `  ${first}${from}${last} of ${complete ? count(changes.length) : all}${found}`;
}

function heading(frame: Frame, block: ChangesBlock): string {
	const { theme, now, refresh } = frame;
	const { pair, direction, width, focused } = block;
	const { changesOf } = frame.state;
	const { toCloud, toLocal, about } = theme.glyphs;
	const all = pendingShown(pair, direction, now, refresh);
	const pending = { ...all, count: pendingListed(frame.state, pair, direction) };
	const stale = pending.staleFor === null ? '' : about;
	const arrow = direction === 'local_to_cloud' ? toCloud : toLocal;
	const words = direction.replaceAll('_', ' ');
	const of = changesOf === null ? '' : ` in ${changesOf}`;
	return rule(theme, width, [
		span(`${arrow} `, 'accent'),
		span(words, focused ? 'strong' : 'quiet'),
		span(
			`  ${stale}${count(pending.count)} pending${of}`,
			stale ? 'warning' : focused ? 'plain' : 'quiet',
		),
		span(position(frame, block, stale), 'quiet'),
	]);
}

/** Explains an empty list: nothing pending, or not known. */
function noChangesWords(frame: Frame, block: ChangesBlock): Span {
	const { pair, direction } = block;
	const { state } = frame;
	const { pending } = pair.directions[direction];
	const { older, newer, words } = pair.pages[direction];
	const filter = state.filters[listName(pair.name, 'changes')] ?? '';
	if (isSearching(state, pair, direction)) return span('searching', 'quiet');
	if (filter !== '' && (words.length > 0 || pair.changes[direction].length > 0)) {
		const everywhere = words.length > 0 && older === 0 && newer === 0;
		const none = everywhere ? 'no pending change' : 'none of the listed changes';
		return span(`${none} matches`, 'quiet');
	}
	if (pair[sourceSide(direction)].reachable === false) {
		return span(`the ${sourceSide(direction)} server cannot be reached`, 'warning');
	}
	if (pending === null) return span('not read yet', 'warning');
	const none = pendingListed(state, pair, direction) === 0;
	return span(none ? 'nothing pending' : 'reading the changes', 'quiet');
}

export function changesLines(frame: Frame, block: ChangesBlock): string[] {
	const { theme } = frame;
	const { changes, width, rows, top, selected, focused } = block;
	const head = heading(frame, block);
	if (rows <= 0) return [head];
	const columns = placeColumns(changeColumns(frame), width);
	const body = changes.slice(top, top + rows).map((change, index) =>
		rowLine(theme, width, columns, change, {
			selected: focused && top + index === selected,
			fill: true,
		}),
	);
	if (body.length === 0) {
		const indent = span(' '.repeat(margin + 2));
		body.push(line(theme, width, [indent, noChangesWords(frame, block)], { fill: true }));
	}
	const blank = ' '.repeat(width);
	return [head, ...body, ...Array<string>(Math.max(0, rows - body.length)).fill(blank)];
}

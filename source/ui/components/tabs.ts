/** The line with the views of a pair, the open one marked. */

import type { LivePair } from '../../engine/api/snapshot.ts';
import { shortCount } from '../drawing/format.ts';
import type { Frame } from '../drawing/frame.ts';
import { line, type Span, span, spansWidth } from '../drawing/spans.ts';
import { parkedCount } from '../keys/refusals.ts';
import { type PairView, type Tab, tabs } from '../state/state.ts';

const titles: Record<Tab, string> = {
	overview: 'Overview',
	changes: 'Changes',
	tables: 'Tables',
	conflicts: 'Conflicts',
	parked: 'Parked',
	log: 'Log',
};

/** From this width on, tabs show their counts. */
const roomForCounts = 92;
/** From this width on, two cells separate the tabs. */
const roomy = 64;

function waits(pair: LivePair, tab: Tab): string {
	const { conflicts } = pair;
	const number = tab === 'conflicts' ? conflicts : tab === 'parked' ? parkedCount(pair) : 0;
	return number === 0 ? '' : ` ${shortCount(number, 4)}`;
}

/** The tab that a view belongs to. */
function tabOf(view: PairView): Tab {
	return view === 'nodes' ? 'overview' : view;
}

export function tabLine(frame: Frame, pair: LivePair): string {
	const { theme, width, state } = frame;
	const { rule, openTab, closeTab } = theme.glyphs;
	const counted = width >= roomForCounts;
	const open = tabOf(state.tab);
	// The brackets around the open tab replace the blanks between the others.
	const spans: Span[] = tabs.flatMap((tab, index) => {
		const isOpen = tab === open;
		const afterOpen = index > 0 && tabs[index - 1] === open;
		const before = isOpen ? openTab : afterOpen ? closeTab : ' ';
		const blank = width >= roomy ? (isOpen ? [' ', before] : [before, ' ']) : [before];
		return [
			...blank.map((sign) => span(sign, 'quiet')),
			span(`${index + 1} ${titles[tab]}`, isOpen ? 'key' : 'plain'),
			span(counted ? waits(pair, tab) : '', 'warning'),
		];
	});
	spans.push(span(tabs.at(-1) === open ? `${closeTab} ` : '  ', 'quiet'));
	const room = Math.max(0, width - spansWidth(spans));
	return line(theme, width, [...spans, span(rule.repeat(room), 'quiet')]);
}

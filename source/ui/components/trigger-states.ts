/** The triggers of a table on one side: one word if they agree, else one by one. */

import type { Side } from '../../config/types.ts';
import type { EventTriggers, TableSnapshot, TriggerState } from '../../engine/api/snapshot.ts';
import { type Span, span } from '../drawing/spans.ts';
import { type Theme, triggerMarks } from '../drawing/theme.ts';

const events = ['INSERT', 'UPDATE', 'DELETE', 'cascades'] as const;

function states(triggers: EventTriggers): [name: string, state: TriggerState][] {
	return events.flatMap((event) => {
		const state = triggers[event];
		return state === null ? [] : [[event, state] as [string, TriggerState]];
	});
}

/** `✓ installed`, or the worst state with the initials of the triggers in it: `✗ missing D`. */
export function triggersCell(
	theme: Theme,
	{ triggers }: TableSnapshot,
	each: EventTriggers | null | undefined,
	side: Side,
): Span {
	const { sign, look } = triggerMarks[triggers[side]];
	const known = each ? states(each) : [];
	const these = known.filter(([, state]) => state === triggers[side]);
	const initials = these.map(([event]) => event.slice(0, 1).toUpperCase()).join('');
	const which = these.length < known.length ? ` ${initials}` : '';
	return span(`${theme.glyphs[sign]} ${triggers[side]}${which}`, look);
}

/** `INSERT ✓  UPDATE ✗ missing  DELETE ✓`. */
export function triggersInWords(theme: Theme, each: EventTriggers | null | undefined): Span[] {
	if (!each) return [span('?', 'warning')];
	return states(each).flatMap(([event, state]) => {
		const { sign, look } = triggerMarks[state];
		const word = state === 'installed' ? '' : ` ${state}`;
		return [span(`${event} `), span(`${theme.glyphs[sign]}${word}`, look), span('  ')];
	});
}

/** What `y` copies: the part of the selection that a user is most likely to paste elsewhere. */

import { pasteable } from '../../text/visible.ts';
import type { KeyContext } from '../state/key-context.ts';
import { noticeText } from '../state/messages.ts';

export interface Copyable {
	/** What is copied, such as `the key`. */
	what: string;
	/** One line without control characters, so that pasting it never executes anything by itself. */
	text: string;
	/** True if control characters were replaced by visible symbols. */
	altered: boolean;
}

/** @param text as read from a database, a server or the configuration */
function toPaste(what: string, text: string): Copyable {
	const safe = pasteable(text);
	return { what, text: safe, altered: safe !== text };
}

/** A message with its hint, joined into one line. */
function inOneLine(message: string): string {
	return message.split(/\s*\n\s*/).join(' ');
}

/** The SQL statement that fixes the reported problem; null if the text has none. */
function fixIn(text: string): string | null {
	return /Fix \((?:local|cloud)\): (.+)$/s.exec(text)?.[1] ?? null;
}

export function copyable(context: KeyContext): Copyable | null {
	const { view, pair, table, node, parked, notice } = context;
	if (parked) return toPaste('the error', inOneLine(parked.message));
	if (notice) {
		const statement = fixIn(notice.message);
		return statement === null
			? toPaste('the line', inOneLine(noticeText(notice)))
			: toPaste('the fix', statement);
	}
	if (node) return toPaste('the node id', node.node_id);
	if (table) {
		const said = [table.skipped_reason ?? '', ...(pair?.notes[table.name] ?? [])];
		const statement = said.map(fixIn).find((found) => found !== null);
		return statement === undefined
			? toPaste('the name', table.name)
			: toPaste('the fix', statement);
	}
	if ((view === 'overview' || view === 'pairs') && pair) {
		return pair.problem === null
			? toPaste('the name', pair.name)
			: toPaste('the problem', inOneLine(pair.problem));
	}
	return keyToCopy(context);
}

/** The key of the selected row. */
export function keyToCopy({ change, conflict, parked, row }: KeyContext): Copyable | null {
	const keyed = change ?? conflict ?? parked ?? row;
	return keyed && toPaste('the key', keyed.key);
}

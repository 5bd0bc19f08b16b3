/** What `y` copies: of what is selected, the part that one is most likely to paste elsewhere. */

import { pasteable } from '../../text/visible.ts';
import type { KeyContext } from '../state/key-context.ts';
import { noticeText } from '../state/messages.ts';

export interface Copyable {
	/** What it is, such as `the key`. */
	what: string;
	/** One line without control characters: wherever it is pasted, nothing in it runs by itself. */
	text: string;
	/** Whether signs stand in it for control characters. */
	altered: boolean;
}

/** @param text as it came from a database, a server or the configuration */
function toPaste(what: string, text: string): Copyable {
	const safe = pasteable(text);
	return { what, text: safe, altered: safe !== text };
}

/** A message of this program's, whose hint is a line of its own, as one line. */
function inOneLine(message: string): string {
	return message.split(/\s*\n\s*/).join(' ');
}

/** The statement in a text that says how to mend something; null where it says none. */
function mendingSql(text: string): string | null {
	return /to mend it, on (?:local|cloud): (.+)$/s.exec(text)?.[1] ?? null;
}

export function copyable(context: KeyContext): Copyable | null {
	const { view, pair, table, node, parked, notice } = context;
	if (parked) return toPaste('the error', inOneLine(parked.message));
	if (notice) {
		const statement = mendingSql(notice.message);
		return statement === null
			? toPaste('the line', inOneLine(noticeText(notice)))
			: toPaste('the statement that mends it', statement);
	}
	if (node) return toPaste('the node id', node.node_id);
	if (table) {
		const said = [table.skipped_reason ?? '', ...(pair?.notes[table.name] ?? [])];
		const statement = said.map(mendingSql).find((found) => found !== null);
		return statement === undefined
			? toPaste('the name', table.name)
			: toPaste('the statement that mends it', statement);
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

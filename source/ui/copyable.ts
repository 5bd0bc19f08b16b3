/** What `y` copies: of what is selected, the part that one is most likely to paste elsewhere. */

import type { KeyContext } from './key-context.ts';
import { noticeText } from './messages.ts';

export interface Copyable {
	/** What it is, such as `the key`. */
	what: string;
	/** Exactly as it came from the database, and so not fit to be printed. */
	text: string;
}

/** The statement in a text that says how to mend something; null where it says none. */
function mendingSql(text: string): string | null {
	return /to mend it, on (?:local|cloud): (.+)$/s.exec(text)?.[1] ?? null;
}

export function copyable(context: KeyContext): Copyable | null {
	const { view, pair, table, node, parked, notice } = context;
	if (parked) return { what: 'the error', text: parked.message };
	if (notice) {
		const statement = mendingSql(notice.message);
		return statement === null
			? { what: 'the line', text: noticeText(notice) }
			: { what: 'the statement that mends it', text: statement };
	}
	if (node) return { what: 'the node id', text: node.node_id };
	if (table) {
		const said = [table.skipped_reason ?? '', ...(pair?.notes[table.name] ?? [])];
		const statement = said.map(mendingSql).find((found) => found !== null);
		return statement === undefined
			? { what: 'the name', text: table.name }
			: { what: 'the statement that mends it', text: statement };
	}
	if ((view === 'overview' || view === 'pairs') && pair) {
		return pair.problem === null
			? { what: 'the name', text: pair.name }
			: { what: 'the problem', text: pair.problem };
	}
	return keyToCopy(context);
}

/** The key of the selected row. */
export function keyToCopy({ change, conflict, parked, row }: KeyContext): Copyable | null {
	const keyed = change ?? conflict ?? parked ?? row;
	return keyed && { what: 'the key', text: keyed.key };
}

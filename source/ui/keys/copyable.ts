/** What `y` copies: the part of the selection that a user is most likely to paste elsewhere. */

import { byName } from '../../text/by-name.ts';
import { copyableCure } from '../../text/cures.ts';
import type { Finding } from '../../text/finding.ts';
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

/** The statement or command that fixes what was found; null if there is none. */
function fixOf(...findings: readonly (Finding | null | undefined)[]): Copyable | null {
	const cure = copyableCure(findings.flatMap((finding) => finding?.cures ?? []));
	return cure && toPaste(cure.kind === 'statement' ? 'the fix' : 'the command', cure.text);
}

export function copyable(context: KeyContext): Copyable | null {
	const { view, pair, table, node, parked, notice } = context;
	if (parked) return toPaste('the error', inOneLine(parked.message));
	if (notice) return fixOf(notice.finding) ?? toPaste('the line', inOneLine(noticeText(notice)));
	if (node) return toPaste('the node id', node.node_id);
	if (table) {
		const found = pair
			? [byName(pair.skipped, table.name), ...(byName(pair.notes, table.name) ?? [])]
			: [];
		return fixOf(...found) ?? toPaste('the name', table.name);
	}
	if ((view === 'overview' || view === 'pairs') && pair) {
		if (pair.problem === null) return toPaste('the name', pair.name);
		return fixOf(pair.problem_finding) ?? toPaste('the problem', inOneLine(pair.problem));
	}
	return keyToCopy(context);
}

/** The key of the selected row. */
export function keyToCopy({ change, conflict, parked, row }: KeyContext): Copyable | null {
	const keyed = change ?? conflict ?? parked ?? row;
	return keyed && toPaste('the key', keyed.key);
}

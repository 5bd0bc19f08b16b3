/** The messages for the findings of all rooms, for the screen, the commands and the log. */
import { captureMessages } from '../../capture/messages.ts';
import { changelogMessages } from '../../changelog/session/messages.ts';
import { connectionMessages } from '../../database/connection/messages.ts';
import { pairingMessages } from '../../database/pairing/messages.ts';
import { type ErrorCode, errorOfFinding, SyncError, type SyncErrorOptions } from '../../errors.ts';
import { type Finding, factText, findingText, type Messages } from '../../text/finding.ts';
import { oneLine } from '../../text/one-line.ts';
import { transferMessages } from '../../transfer/attempt/messages.ts';
import { captureStateMessages } from './capture-messages.ts';
import { rowsMessages } from './rows-messages.ts';
import { runMessages } from './run-messages.ts';

/** All codes with their messages. */
export const messages: Messages = {
	...connectionMessages,
	...pairingMessages,
	...changelogMessages,
	...captureMessages,
	...transferMessages,
	...captureStateMessages,
	...rowsMessages,
	...runMessages((reason) => factText(messages, reason)),
};

/** Messages that name their side themselves, or concern no single side. */
const named = new Set([
	...Object.keys(pairingMessages),
	...Object.keys(transferMessages),
	'triggers_under_old_name',
	'existing_rows_queued',
	'existing_rows_queue_done',
	'primary_key_changed',
	'table_skipped',
	'changes_wait',
	'changes_not_carried',
]);

/** Describes a finding and its fix, without the table name. */
export function textOf(finding: Finding): string {
	const { code, side } = finding;
	const text = findingText(messages, finding);
	return side === null || named.has(code) ? text : `${side}: ${text}`;
}

/** The same as a line of its own, which names the table. */
export function lineOf(finding: Finding): string {
	const { code, side } = finding;
	const table = finding.table === null ? null : oneLine(finding.table);
	const text = findingText(messages, finding);
	if (table === null) return textOf(finding);
	// These words go on from the table's name.
	if (code === 'table_skipped') return `${table} ${text}`;
	return side === null || named.has(code)
		? `${table}: ${text}`
		: `${side}, table ${table}: ${text}`;
}

/** A report: a finding, or an error that consists only of a message. */
export type Tellable = Finding | SyncError;

/** The words for it; the hint of an error is a line of its own. */
export function tellableText(what: Tellable): string {
	return what instanceof SyncError ? what.describe() : lineOf(what);
}

/** The error that says what was found. */
export function errorFrom(
	code: ErrorCode,
	finding: Finding,
	options: Omit<SyncErrorOptions, 'finding' | 'hint'> = {},
): SyncError {
	return errorOfFinding(code, messages, finding, options);
}

/** Findings of every room in words, as the screen, the commands and the log show them. */
import { captureMessages } from '../../capture/messages.ts';
import { changelogMessages } from '../../changelog/messages.ts';
import { pairingMessages } from '../../database/pairing/messages.ts';
import { type ErrorCode, errorOfFinding, type SyncError, type SyncErrorOptions } from '../../errors.ts';
import { oneLine } from '../../text/one-line.ts';
import { type Finding, factText, findingText, type Messages } from '../../text/finding.ts';
import { transferMessages } from '../../transfer/messages.ts';
import { captureStateMessages } from './capture-messages.ts';
import { rowsMessages } from './rows-messages.ts';
import { runMessages } from './run-messages.ts';

/** Every code, with its words. */
export const messages: Messages = {
	...pairingMessages,
	...changelogMessages,
	...captureMessages,
	...transferMessages,
	...captureStateMessages,
	...rowsMessages,
	...runMessages((reason) => factText(messages, reason)),
};

/** What was found and how to put it right, without the table's name. */
export function messageOf(finding: Finding): string {
	return findingText(messages, finding);
}

/** Words that go on from the table's name. */
const predicates = new Set(['table_skipped', 'own_table_lost']);

/** Words of errors, which name their side themselves. */
const ofErrors = new Set([
	...Object.keys(changelogMessages).filter((code) => code !== 'receipt_unreadable'),
	'change_log_missing',
	'change_log_incomplete',
	'change_log_outdated',
	'procedure_dropped',
	'procedure_not_allowed',
	'account_dropped',
	'own_account_dropped',
	'trigger_rights_missing',
	'trigger_rights_needed',
	'test_write_failed',
	'not_installed',
	'node_not_used',
]);

/** The same as a line of its own, which names the table. */
export function lineOf(finding: Finding): string {
	const { code, side, table } = finding;
	const place = [ofErrors.has(code) ? side : null, table && oneLine(table)].filter(Boolean);
	if (place.length === 0) return messageOf(finding);
	return `${place.join(', ')}${predicates.has(code) ? '' : ':'} ${messageOf(finding)}`;
}

/** The error that says what was found. */
export function errorFrom(
	code: ErrorCode,
	finding: Finding,
	options: Omit<SyncErrorOptions, 'finding'> = {},
): SyncError {
	return errorOfFinding(code, messages, finding, options);
}

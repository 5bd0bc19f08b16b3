/** Findings about the change log and the own tables, with their messages. */
import { findingsOf, type MessagesOf } from '../../text/finding.ts';

export type ChangelogFacts = {
	/** The receipt of a batch cannot be read; `side` holds it. */
	receipt_unreadable: { peer: string };
	/** An entry has the highest id that the column can hold. */
	change_log_full: { entry: string };
	/** An entry is not one that a trigger has written. */
	entry_invalid: { entry: string; reason: string };
};

export const changelogFinding = findingsOf<ChangelogFacts>();

export const changelogMessages: MessagesOf<ChangelogFacts> = {
	receipt_unreadable: ({ peer }) =>
		`the receipt for ${peer} in change_log_receipts is unreadable and was ignored: a batch that was applied but not yet marked as applied will be applied a second time; the next batch replaces the receipt`,
	change_log_full: ({ entry }) => [
		`entry ${entry} has the highest id that the column can hold: the application's writes to tracked tables fail`,
		'Look at the entry first: its change is not carried over once it is deleted, and numbering continues after the highest id left',
	],
	entry_invalid: ({ entry, reason }) => [
		`entry ${entry} of change_log is invalid: ${reason}`,
		'It was skipped',
	],
};

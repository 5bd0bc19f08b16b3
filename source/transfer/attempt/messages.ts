/** What is found while changes are moved, and the words for it. */
import { quoteNames } from '../../database/sql/identifiers.ts';
import { findingsOf, type MessagesOf } from '../../text/finding.ts';

export type TransferFacts = {
	/** A BEFORE trigger of the application on `side` overwrites columns. */
	trigger_overrides: { triggers: string[]; columns: string[] };
	/** A limit of the server of `side` was met. */
	batch_too_large: { limit: string };
	/** The server of `side` takes no row of the table. */
	table_refused: { message: string; hint: string | null };
	/** The table refers to another one, whose changes wait. */
	parent_waits: { parent: string };
	/** Rows of the table wait for rows of another one. */
	rows_wait: { of: string };
};

export const transferFinding = findingsOf<TransferFacts>();

export const transferMessages: MessagesOf<TransferFacts> = {
	trigger_overrides: ({ triggers, columns }, { side }) => {
		const names = triggers.length > 0 ? ` ${triggers.join(', ')}` : ' of the application';
		return `on ${side} the trigger${names} always overwrites ${quoteNames(columns)}, so the two sides keep different values there`;
	},
	batch_too_large: ({ limit }, { side }) =>
		`${side} rejects transactions of this size (${limit}): batch size reduced`,
	table_refused: ({ message, hint }, { side }) =>
		[`${side ?? 'target'}: ${message}`, ...(hint === null ? [] : [hint])].join('. '),
	parent_waits: ({ parent }, { side }) =>
		`it refers to ${parent}, whose changes wait${side === null ? '' : `, so no rows are carried to ${side}`}`,
	rows_wait: ({ of }) => `some of its rows wait for rows of ${of}`,
};

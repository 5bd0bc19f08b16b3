/** What is found about the server of a connection, and the words for it. */
import { findingsOf, type MessagesOf, type NoFacts } from '../../text/finding.ts';

export type ConnectionFacts = {
	/** The server of `side` writes its binary log as statements. */
	statement_based_log: NoFacts;
};

export const connectionFinding = findingsOf<ConnectionFacts>();

export const connectionMessages: MessagesOf<ConnectionFacts> = {
	statement_based_log: () => [
		'the server uses statement-based binary logging (binlog_format=STATEMENT)',
		'Nothing can be synced, and the change log would differ on replicas of the server. Use MIXED or ROW, and set the same in the configuration file of the server. The application keeps the old format until it reconnects',
	],
};

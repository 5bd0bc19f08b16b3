/** The findings of an engine and its runs, with their messages. */
import { took } from '../../text/duration.ts';
import { type Finding, findingsOf, type MessagesOf, type NoFacts } from '../../text/finding.ts';
import { plural } from '../../text/words.ts';
import { otherSide } from './side-ids.ts';

export type RunFacts = {
	/** A table is skipped for the reason of another finding. */
	table_skipped: { reason: Finding };
	/** A table is excluded from a run for the reason of another finding. */
	changes_wait: { reason: Finding };
	/** Captured changes of `side` are not transferred, for a reason reported elsewhere. */
	changes_not_carried: { changes: number };
	conflicts_open: { rows: number };
	backlog_split: { limit: number; batches: number };
	backlog_unfinished: NoFacts;
	line_exposed: { security: string };
	/** `side` uses the node id of another database. */
	node_id_taken: { node: string; seenAt: string | null; ownerPlace: string; place: string };
	node_not_used: { node: string; reason: string; inUse: string };

	batch_applied: { changes: number; milliseconds: number; conflicts: number };
	writes_captured_again: NoFacts;
	run_requested: { by: string };
	request_sent: { to: string };
	standby: { message: string };
	pair_taken_over: NoFacts;
	sync_resumed: NoFacts;
};

export const runFinding = findingsOf<RunFacts>();

/** @param reasonText describes a finding of any room, without its cures */
export function runMessages(reasonText: (finding: Finding) => string): MessagesOf<RunFacts> {
	return {
		table_skipped: ({ reason }) => `is skipped: ${reasonText(reason)}`,
		changes_wait: ({ reason }) => `changes wait: ${reasonText(reason)}`,
		changes_not_carried: ({ changes }, { side }) =>
			`${plural(changes, 'change')} waiting on ${side}, for the reason given above`,
		conflicts_open: ({ rows }) => plural(rows, 'unresolved conflict'),
		backlog_split: ({ limit, batches }) =>
			`backlog split into ${batches} batches (one holds ${limit} changes, 64 MB of large values, or what the server allows): large transactions were briefly visible in part`,
		backlog_unfinished: () =>
			'more is pending: until it is synced, large transactions may be visible in part',
		line_exposed: ({ security }) => `${security}; set \`ssl\` for this end`,
		node_id_taken: ({ node, seenAt, ownerPlace, place }, { side }) => [
			`the node id ${node} belongs to another database, which ${side && otherSide(side)} last saw at ${seenAt?.slice(0, 19) ?? 'an unknown time'} UTC on ${ownerPlace}; this one is on ${place}`,
			'Choose a different `node_id` for this database',
		],
		node_not_used: ({ node, reason, inUse }) =>
			`${node} cannot be used (${reason}); ${inUse} is used instead`,

		batch_applied: ({ changes, milliseconds, conflicts }) => {
			const met = conflicts === 0 ? '' : `; ${plural(conflicts, 'conflict')}`;
			return `applied ${plural(changes, 'change')} in ${took(milliseconds)}${met}`;
		},
		writes_captured_again: () => "the application's writes are captured again",
		run_requested: ({ by }) => `run requested by ${by}`,
		request_sent: ({ to }) => `request sent to the active engine (${to})`,
		standby: ({ message }) => `on standby: ${message}`,
		pair_taken_over: () => 'the active engine is gone: took over the pair',
		sync_resumed: () => 'back online, sync resumed',
	};
}

/** Handles a batch that exceeds the target's transaction size limit. */
import type { Connection } from '../database/connection/connection.ts';
import { limitOf } from '../database/connection/transaction-limits.ts';
import { displayRowKey } from '../database/rows/row-key.ts';
import { SyncError } from '../errors.ts';
import { type Applied, nothingApplied } from './apply/outcome.ts';
import { idOf } from './attempt/apply-state.ts';
import type { Fetched } from './fetch/fetch-batch.ts';
import type { Row } from './rows/route.ts';

/** The error if it is the target's transaction size limit; null for any other. */
export function whereTooLarge(thrown: unknown, target: Connection): SyncError | null {
	if (!(thrown instanceof SyncError) || limitOf(thrown) === null) return null;
	return thrown.place.side === target.end.side ? thrown : null;
}

/** A batch without the rows that were added for the sake of others: they may succeed alone. */
export function withoutRows(fetched: Fetched, along: ReadonlyMap<string, Row>): Fetched {
	const current = new Map([...fetched.current].filter(([row]) => !along.has(idOf(row))));
	return { ...fetched, current };
}

/** The outcome of a batch that cannot be smaller: all its rows are refused. */
export function refusedForSize({ current }: Fetched, reason: SyncError): Applied {
	const limit = limitOf(reason);
	return {
		...nothingApplied(),
		refused: [...current.keys()].map((row) => ({
			row,
			holder: null,
			error: new SyncError(
				'refused',
				`this row alone exceeds the transaction size limit of the server: ${reason.message} (${limit})`,
				{
					side: reason.place.side,
					table: row.route.name,
					key: displayRowKey(row.key, row.route.source.key),
					hint: `Raise ${limit} on that server. The change is retried automatically, or at once with \`retry\`.`,
					errno: reason.errno,
					cause: reason,
				},
			),
		})),
	};
}

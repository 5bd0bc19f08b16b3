/**
 * Tries triggers whose account is not visible to the user: no catalogue shows if that account was dropped or
 * lost a right, and the application would be the first to notice. Sets a row to its own values, in a
 * transaction that is rolled back. Tables with application triggers are skipped, and so are rows that
 * somebody has locked.
 */
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { loopMarker } from '../../database/connection/session.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import {
	keyCondition,
	keyOrder,
	parseRowKey,
	rowKeyExpression,
} from '../../database/rows/row-key.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import { asSyncError, type SyncError } from '../../errors.ts';
import { captureStateFinding, installCures } from '../api/capture-messages.ts';
import { errorFrom } from '../api/messages.ts';
import type { Connections } from '../shared/connections.ts';
import type { SideSurvey } from '../survey/survey.ts';

/**
 * The errors of such triggers: account dropped; no right on a table, a column, a procedure; procedure
 * dropped.
 */
const failures = [1449, 1142, 1143, 1370, 1305];

/** Most tables of an account that are tried until one has a row. */
const mostTables = 3;

/** Why writes of the application fail, according to trials of triggers whose account is not visible. */
export async function tryDefiners(
	connections: Connections,
	pair: PairConfig,
	tables: readonly TablePair[],
	surveys: Record<Side, SideSurvey>,
): Promise<SyncError[]> {
	const errors: SyncError[] = [];
	for (const side of sides) {
		for (const { account, state } of surveys[side].definers) {
			if (state !== 'unknown') continue;
			const theirs = tables.flatMap(({ sides: ends }) => {
				const table = ends[side];
				const found = table ? surveys[side].triggers.byTable.get(table.name) : undefined;
				return table && found?.some(({ definer }) => definer === account) ? [table] : [];
			});
			const failure = await tryOut(connections[side], theirs);
			if (failure) errors.push(describeFailure(pair, side, account, theirs, failure));
		}
	}
	return errors;
}

async function tryOut(
	connection: Connection,
	tables: readonly TrackedTable[],
): Promise<SyncError | null> {
	const free = tables.filter(({ applicationTriggers }) => applicationTriggers.length === 0);
	for (const table of free.slice(0, mostTables)) {
		try {
			if (await touchOne(connection, table)) return null;
		} catch (thrown) {
			const error = asSyncError(thrown);
			if (error.code === 'unreachable') throw error;
			if (error.errno !== undefined && failures.includes(error.errno)) return error;
		}
	}
	return null;
}

/** Sets a row to its own values and rolls back. Resolves to true if there was a row. */
async function touchOne(connection: Connection, { name, key }: TrackedTable): Promise<boolean> {
	const first = quoteName(key[0]?.name ?? '');
	await connection.run('START TRANSACTION');
	try {
		const [row] = await connection.rows<{ row_key: string }>(
			`SELECT ${rowKeyExpression(key, 't')} AS row_key
			FROM ${quoteName(name)} AS t FORCE INDEX (PRIMARY)
			ORDER BY ${keyOrder(key, 't')}
			LIMIT 1
			FOR UPDATE NOWAIT`,
		);
		if (!row) return false;
		// Like in an application's session, so that the trigger does all of its work.
		await connection.run(`SET ${loopMarker} = NULL`);
		await connection.run(
			`UPDATE ${quoteName(name)} AS t SET t.${first} = t.${first}
			WHERE ${keyCondition([parseRowKey(row.row_key, key)], key, 't')}`,
		);
		return true;
	} finally {
		if (!connection.lost) {
			await connection.run('ROLLBACK');
			await connection.run(`SET ${loopMarker} = ''`);
		}
	}
}

function describeFailure(
	pair: PairConfig,
	side: Side,
	account: string,
	tables: readonly TrackedTable[],
	{ message, errno }: SyncError,
): SyncError {
	const names = tables.map(({ name }) => name);
	const facts = { tables: names, errno: errno ?? 0, account, message };
	const finding = captureStateFinding('test_write_failed', { side }, facts, installCures(pair));
	return errorFrom('denied', finding, { pair: pair.name, errno });
}

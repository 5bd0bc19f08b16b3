import { setTimeout as pause } from 'node:timers/promises';
import { SyncError } from '../../errors.ts';
import type { Connection } from '../connection/connection.ts';
import type { SqlText } from '../sql/sql.ts';

/** What the catalogue says, and of which tables it says nothing just now. */
export interface CatalogueRows<Row> {
	rows: Row[];
	/** Names of the tables that another session is defining anew. */
	leftOut: string[];
}

/** Milliseconds between the tries to read a table that is left out: what defines it mostly ends soon. */
const pauses = [10, 20, 40, 80, 160, 320];

/** Skipped as DDL is at work on it; lock wait timeout; deadlock. */
const incomplete = [1684, 1205, 1213];

/**
 * Asks information_schema. MariaDB leaves a table out while DDL of another session works on it, with a
 * warning and no error: to a session that holds locks, as ours do (see `prepareSession`), at once, and
 * to others after a wait for each statement that may be minutes. So it is asked again, and what is left
 * out then is told. MySQL answers from its dictionary, whole.
 * @throws SyncError `busy` if something was left out and the server does not say which table
 */
export async function catalogueRows<Row>(
	connection: Connection,
	sql: SqlText,
): Promise<CatalogueRows<Row>> {
	if (connection.server.product === 'mysql') {
		return { rows: await connection.rows<Row>(sql), leftOut: [] };
	}
	for (let tries = 0; ; tries += 1) {
		const [rows, warnings] = await connection.together(() =>
			Promise.all([
				connection.rows<Row>(sql),
				connection.rows<{ Code: string | number; Message: string }>('SHOW WARNINGS'),
			]),
		);
		const found = warnings.filter(({ Code }) => incomplete.includes(Number(Code)));
		const wait = pauses[tries];
		if (found.length === 0 || wait === undefined) {
			return { rows, leftOut: found.map(({ Message }) => tableIn(Message, connection)) };
		}
		await pause(wait);
	}
}

/** The table that such a warning names: `Table 'shop'.'item' was skipped since …`. */
function tableIn(message: string, { end }: Connection): string {
	const [, name] = /'[^']*'\.'([^']+)'/.exec(message) ?? [];
	if (name !== undefined) return name;
	throw new SyncError('busy', `the catalogue is incomplete: ${message}`, {
		side: end.side,
		hint: waitForIt,
	});
}

/** The error where nothing can be done while a table is left out. */
export function beingDefined({ end }: Connection, table: string): SyncError {
	return new SyncError('busy', 'another session is creating or altering it', {
		side: end.side,
		table,
		hint: waitForIt,
	});
}

const waitForIt =
	'SHOW PROCESSLIST shows which session that is. It ends by itself; then it can be tried again.';

import { setTimeout as pause } from 'node:timers/promises';
import { SyncError } from '../../errors.ts';
import type { Connection } from '../connection/connection.ts';
import type { SqlText } from '../sql/sql.ts';

/** Rows of the catalogue, and the tables that it omits at the moment. */
export interface CatalogueRows<Row> {
	rows: Row[];
	/** Names of the tables that another session is creating or altering. */
	leftOut: string[];
}

/** Milliseconds between attempts to read an omitted table: most DDL ends soon. */
const pauses = [10, 20, 40, 80, 160, 320];

/** Skipped because of concurrent DDL; lock wait timeout; deadlock. */
const incomplete = [1684, 1205, 1213];

/**
 * Queries information_schema. While DDL of another session works on a table, MariaDB omits it with a warning
 * but no error: at once for a session that holds locks, as ours do (see `prepareSession`), and for others
 * after a wait of possibly minutes per statement. The query is therefore repeated, and tables that are still
 * omitted are reported. MySQL reads its dictionary and omits nothing.
 * @throws SyncError `busy` if something was omitted and the server does not name the table
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

/** The table named by such a warning: `Table 'shop'.'item' was skipped since …`. */
function tableIn(message: string, { end }: Connection): string {
	const [, name] = /'[^']*'\.'([^']+)'/.exec(message) ?? [];
	if (name !== undefined) return name;
	throw new SyncError('busy', `the catalogue is incomplete: ${message}`, {
		side: end.side,
		hint: waitForIt,
	});
}

/** The error if nothing can be done while a table is omitted. */
export function beingDefined({ end }: Connection, table: string): SyncError {
	return new SyncError('busy', 'another session is creating or altering it', {
		side: end.side,
		table,
		hint: waitForIt,
	});
}

const waitForIt = 'SHOW PROCESSLIST shows the session. Try again once it has finished.';

import type { Connection, RowDataPacket } from 'mysql2/promise';
import { waitFor } from './wait.ts';

/** Waits until another session of the connection's database waits for a row lock. */
export async function someoneWaits(connection: Connection): Promise<void> {
	await waitFor(
		async () => {
			// InnoDB answers from a copy until nobody has asked for a tenth of a second.
			await connection.query('DO SLEEP(0.15)');
			return connection
				.query<RowDataPacket[]>(
					`SELECT 1
					FROM information_schema.innodb_trx
					JOIN information_schema.processlist ON id = trx_mysql_thread_id
					WHERE trx_state = 'LOCK WAIT' AND db = DATABASE()`,
				)
				.then(
					([rows]) => rows.length > 0,
					(error) => {
						// MySQL cannot tell while any session runs a statement outside utf8mb3.
						if (error.errno === 3854) return false;
						throw error;
					},
				);
		},
		{ what: 'the engine to wait for the row' },
	);
}

import type { RowDataPacket } from 'mysql2/promise';
import type { Database } from './databases.ts';
import { waitFor } from './wait.ts';

/** A table that is being created until the test says so. */
export interface SlowTable {
	/** Lets it be created. */
	finish: () => Promise<void>;
}

/** Begins to create a table (`id`, `step`) from a query that does not end by itself. */
export async function startSlowTable(database: Database, name: string): Promise<SlowTable> {
	const gate = `gate_${database.name}`;
	const keeper = await database.connect();
	await keeper.query('DO GET_LOCK(?, 0)', [gate]);
	const creator = await database.connect();
	const created = creator.query(
		`CREATE TABLE ${name} (id INT PRIMARY KEY, step INT) AS SELECT 1 AS id, GET_LOCK(?, 120) AS step`,
		[gate],
	);
	await waitFor(
		async () => {
			const [rows] = await keeper.query<RowDataPacket[]>(
				'SELECT 1 FROM information_schema.processlist WHERE id = ? AND state = ?',
				[creator.threadId, 'User lock'],
			);
			return rows.length > 0;
		},
		{ what: `table ${name} to wait for its rows` },
	);
	return {
		finish: async () => {
			await keeper.query('DO RELEASE_LOCK(?)', [gate]);
			await created;
		},
	};
}

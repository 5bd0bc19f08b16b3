/** Statements as data: which rows of one table are written, and how. */
import type { Connection } from '../../database/connection/connection.ts';
import { insertOrUpdate } from './insert-or-update.ts';
import { upsertOversized } from './oversized-row.ts';
import type { Route } from './route.ts';
import { deleteSql, type RowWrite } from './row-write.ts';
import { upsertSql } from './upsert.ts';

/**
 * - `delete`: rows deleted on the source.
 * - `upsert`: INSERT … ON DUPLICATE KEY UPDATE.
 * - `insert-or-update`: the same for a table with application triggers on
 *   INSERT, after checking which rows exist.
 * - `oversized`: a single row that exceeds the statement size.
 */
export type StatementKind = 'delete' | 'upsert' | 'insert-or-update' | 'oversized';

export interface Statement {
	kind: StatementKind;
	route: Route;
	writes: RowWrite[];
}

/** The SQL of a statement that can be pipelined; null for the other kinds. */
export function toSql({ kind, route, writes }: Statement): string[] | null {
	switch (kind) {
		case 'delete':
			return deleteSql(
				route,
				writes.map(({ row }) => row),
			);
		case 'upsert':
			return upsertSql(route, writes);
		default:
			return null;
	}
}

/**
 * Runs a statement in the open transaction.
 * @throws SyncError `refused`, or an error that ends the transaction
 */
export async function runStatement(connection: Connection, statement: Statement): Promise<void> {
	const { kind, route, writes } = statement;
	switch (kind) {
		case 'insert-or-update':
			return insertOrUpdate(connection, route, writes);
		case 'oversized':
			return upsertOversized(connection, route, writes);
		default:
			await connection.runAll(toSql(statement) ?? []);
	}
}

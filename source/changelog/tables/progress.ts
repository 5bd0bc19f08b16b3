/** `change_log_progress`: what the engine that holds a pair is doing, for every other process to see. */
import type { Connection } from '../../database/connection/connection.ts';
import { sql } from '../../database/sql/sql.ts';
import { ascii, type OwnTable } from './own-table.ts';

export const progressTable: OwnTable = {
	name: 'change_log_progress',
	create: sql`CREATE TABLE IF NOT EXISTS change_log_progress (
		lease VARCHAR(129) ${ascii} NOT NULL,
		target VARCHAR(64) ${ascii} NOT NULL,
		holder VARCHAR(36) ${ascii} NOT NULL,
		working TINYINT NOT NULL,
		applied_at DATETIME(6) NULL,
		applied BIGINT UNSIGNED NOT NULL,
		milliseconds BIGINT UNSIGNED NOT NULL,
		PRIMARY KEY (lease, target)
	) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
};

/** The state of one direction. */
export interface DirectionProgress {
	/** The node that changes are applied at. */
	target: string;
	/** The id of the engine that wrote it. */
	holder: string;
	isWorking: boolean;
}

interface AppliedBatch {
	applied: number;
	milliseconds: number;
}

/** Writes the state of directions. @param progress without a batch, the batch on record stays */
export async function writeProgress(
	connection: Connection,
	lease: string,
	progress: readonly (DirectionProgress & { batch: AppliedBatch | null })[],
): Promise<void> {
	const rows = progress.map(({ target, holder, isWorking, batch }) => {
		const at = batch ? sql`UTC_TIMESTAMP(6)` : null;
		const { applied, milliseconds } = batch ?? { applied: 0, milliseconds: 0 };
		return sql`(${[lease, target, holder, isWorking ? 1 : 0, at, applied, Math.round(milliseconds)]})`;
	});
	await connection.run(
		sql`INSERT INTO change_log_progress
			(lease, target, holder, working, applied_at, applied, milliseconds)
		VALUES ${rows}
		ON DUPLICATE KEY UPDATE
			holder = VALUES(holder),
			working = VALUES(working),
			applied = IF(VALUES(applied_at) IS NULL, applied, VALUES(applied)),
			milliseconds = IF(VALUES(applied_at) IS NULL, milliseconds, VALUES(milliseconds)),
			applied_at = COALESCE(VALUES(applied_at), applied_at)`,
	);
}

/** The state of directions, each with its last batch: `at` is UTC, as the server writes it. */
export async function readProgress(
	connection: Connection,
	lease: string,
): Promise<(DirectionProgress & { batch: (AppliedBatch & { at: string }) | null })[]> {
	const rows = await connection.rows<{
		target: string;
		holder: string;
		working: string | number;
		applied_at: string | null;
		applied: string | number;
		milliseconds: string | number;
	}>(
		sql`SELECT target, holder, working, applied_at, applied, milliseconds
		FROM change_log_progress
		WHERE lease = ${lease}`,
	);
	return rows.map(({ target, holder, working, applied_at, applied, milliseconds }) => ({
		target,
		holder,
		isWorking: Number(working) === 1,
		batch:
			applied_at === null
				? null
				: { at: applied_at, applied: Number(applied), milliseconds: Number(milliseconds) },
	}));
}

/** The tables beside the change log in which the engine keeps what a person may have to see to. */
import type { Connection } from '../database/connection/connection.ts';
import { quoteName } from '../database/sql/identifiers.ts';
import { quoteStrings } from '../database/sql/literals.ts';
import {
	batchesTable,
	conflictRowsTable,
	conflictsTable,
	leasesTable,
	nodesTable,
	parkedTable,
	progressTable,
	receiptsTable,
	registerTable,
	requestsTable,
} from './table-names.ts';

const asciiName = 'CHARACTER SET ascii COLLATE ascii_bin';
const anyName = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

const tables: Record<string, string> = {
	[conflictsTable]: `CREATE TABLE IF NOT EXISTS ${quoteName(conflictsTable)} (
		id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
		peer VARCHAR(64) ${asciiName} NOT NULL,
		table_name VARCHAR(64) ${anyName} NOT NULL,
		row_key VARCHAR(6400) ${asciiName} NOT NULL,
		other_key VARCHAR(6400) ${asciiName} NULL,
		display_key TEXT ${anyName} NOT NULL,
		kept VARCHAR(5) ${asciiName} NULL,
		detected_at DATETIME(6) NOT NULL,
		settled_at DATETIME(6) NULL,
		PRIMARY KEY (id),
		KEY (peer, settled_at)
	) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
	[conflictRowsTable]: `CREATE TABLE IF NOT EXISTS ${quoteName(conflictRowsTable)} (
		conflict BIGINT UNSIGNED NOT NULL,
		side VARCHAR(5) ${asciiName} NOT NULL,
		part INT UNSIGNED NOT NULL,
		text LONGTEXT ${anyName} NOT NULL,
		PRIMARY KEY (conflict, side, part)
	) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
	[receiptsTable]: `CREATE TABLE IF NOT EXISTS ${quoteName(receiptsTable)} (
		peer VARCHAR(64) ${asciiName} NOT NULL,
		ids LONGTEXT ${asciiName} NOT NULL,
		digest CHAR(64) ${asciiName} NOT NULL,
		PRIMARY KEY (peer)
	) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
	[batchesTable]: `CREATE TABLE IF NOT EXISTS ${quoteName(batchesTable)} (
		id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
		peer VARCHAR(64) ${asciiName} NOT NULL,
		first_entry BIGINT UNSIGNED NOT NULL,
		last_entry BIGINT UNSIGNED NOT NULL,
		applied_at DATETIME(6) NOT NULL,
		host VARCHAR(255) ${anyName} NOT NULL,
		person VARCHAR(255) ${anyName} NOT NULL,
		process INT UNSIGNED NOT NULL,
		PRIMARY KEY (id),
		KEY (last_entry)
	) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
	[nodesTable]: `CREATE TABLE IF NOT EXISTS ${quoteName(nodesTable)} (
		node_id VARCHAR(64) ${asciiName} NOT NULL,
		seen_at DATETIME(6) NULL,
		forgotten_at DATETIME(6) NULL,
		database_id CHAR(36) ${asciiName} NULL,
		place VARCHAR(2000) ${anyName} NULL,
		PRIMARY KEY (node_id)
	) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
	[leasesTable]: `CREATE TABLE IF NOT EXISTS ${quoteName(leasesTable)} (
		lease VARCHAR(129) ${asciiName} NOT NULL,
		token BIGINT UNSIGNED NOT NULL,
		holder VARCHAR(36) ${asciiName} NOT NULL,
		host VARCHAR(255) ${anyName} NOT NULL,
		person VARCHAR(255) ${anyName} NOT NULL,
		process INT UNSIGNED NOT NULL,
		since DATETIME(6) NOT NULL,
		expires_at DATETIME(6) NOT NULL,
		server VARCHAR(1000) ${anyName} NOT NULL,
		locked TINYINT NOT NULL,
		PRIMARY KEY (lease)
	) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
	[progressTable]: `CREATE TABLE IF NOT EXISTS ${quoteName(progressTable)} (
		lease VARCHAR(129) ${asciiName} NOT NULL,
		target VARCHAR(64) ${asciiName} NOT NULL,
		holder VARCHAR(36) ${asciiName} NOT NULL,
		working TINYINT NOT NULL,
		applied_at DATETIME(6) NULL,
		applied BIGINT UNSIGNED NOT NULL,
		milliseconds BIGINT UNSIGNED NOT NULL,
		PRIMARY KEY (lease, target)
	) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
	[requestsTable]: `CREATE TABLE IF NOT EXISTS ${quoteName(requestsTable)} (
		id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
		lease VARCHAR(129) ${asciiName} NOT NULL,
		directions VARCHAR(40) ${asciiName} NOT NULL,
		host VARCHAR(255) ${anyName} NOT NULL,
		person VARCHAR(255) ${anyName} NOT NULL,
		requested_at DATETIME(6) NOT NULL,
		ended_at DATETIME(6) NULL,
		problem TEXT ${anyName} NULL,
		PRIMARY KEY (id),
		KEY (lease)
	) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
	[registerTable]: `CREATE TABLE IF NOT EXISTS ${quoteName(registerTable)} (
		peer VARCHAR(64) ${asciiName} NOT NULL,
		table_name VARCHAR(64) ${anyName} NOT NULL,
		state VARCHAR(8) ${asciiName} NOT NULL,
		after_key VARCHAR(6400) ${asciiName} NULL,
		entries BIGINT UNSIGNED NOT NULL,
		since DATETIME(6) NOT NULL,
		definer VARCHAR(400) ${anyName} NULL,
		captured VARCHAR(2000) ${anyName} NULL,
		created_at VARCHAR(30) ${asciiName} NULL,
		PRIMARY KEY (peer, table_name)
	) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
	[parkedTable]: `CREATE TABLE IF NOT EXISTS ${quoteName(parkedTable)} (
		id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
		peer VARCHAR(64) ${asciiName} NOT NULL,
		table_name VARCHAR(64) ${anyName} NOT NULL,
		row_key VARCHAR(6400) ${asciiName} NULL,
		display_key TEXT ${anyName} NOT NULL,
		last_change BIGINT UNSIGNED NOT NULL,
		operation VARCHAR(10) ${asciiName} NOT NULL,
		code VARCHAR(20) ${asciiName} NOT NULL,
		message TEXT ${anyName} NOT NULL,
		attempts INT UNSIGNED NOT NULL,
		first_at DATETIME(6) NOT NULL,
		last_at DATETIME(6) NOT NULL,
		next_at DATETIME(6) NOT NULL,
		PRIMARY KEY (id),
		KEY (peer)
	) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
};

/** The names of all of them. */
export const bookkeepingTables: readonly string[] = Object.keys(tables);

/** Which of these tables the connection's database lacks. */
export async function missingBookkeeping(connection: Connection): Promise<string[]> {
	const names = Object.keys(tables);
	const rows = await connection.rows<{ name: string }>(
		`SELECT table_name AS name
		FROM information_schema.tables
		WHERE table_schema = DATABASE() AND table_name IN (${quoteStrings(names)})`,
	);
	const there = new Set(rows.map(({ name }) => name));
	return names.filter((name) => !there.has(name));
}

/** Creates those that are missing. It commits, so never inside a transaction. */
export async function ensureBookkeeping(connection: Connection): Promise<void> {
	for (const name of await missingBookkeeping(connection)) {
		await connection.run(tables[name] ?? '');
	}
}

/** Drops them all, with what is on record there. */
export async function dropBookkeeping(connection: Connection): Promise<void> {
	for (const name of Object.keys(tables)) {
		await connection.define(`DROP TABLE IF EXISTS ${quoteName(name)}`);
	}
}

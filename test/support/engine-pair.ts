import type { Connection, RowDataPacket } from 'mysql2/promise';
import { onTestFinished } from 'vitest';
import {
	directions,
	type EndConfig,
	type PairConfig,
	type Side,
} from '../../source/config/types.ts';
import type { Product } from '../../source/demo/servers/product.ts';
import type { Server } from '../../source/demo/servers/server.ts';
import { type SyncResult, syncPair } from '../../source/engine/sync.ts';
import { type Database, freshDatabase } from './databases.ts';
import type { PairEnd } from './pair.ts';
import type { AtEnd } from './suites.ts';

/** A pair whose engine runs in the test's own process, for tests that sync often or much. */
export interface EnginePair {
	local: PairEnd;
	cloud: PairEnd;
	config: PairConfig;
	/** Syncs both directions, installing whatever is missing, until nothing is pending. */
	sync: (once?: boolean) => Promise<SyncResult & { said: string[] }>;
}

export interface EnginePairOptions {
	schema?: readonly string[];
	config?: Partial<PairConfig>;
	/** Names of the two databases; random ones unless given. */
	names?: Partial<Record<Side, string>>;
	/** When to drop the databases: at the end of the test unless given. */
	atEnd?: AtEnd;
}

/** Makes a pair named `pair`, whose nodes are `site` and `cloud`. */
export async function enginePair(
	on: Record<Side, Product | Server>,
	{ schema = [], config: changes = {}, names = {}, atEnd = onTestFinished }: EnginePairOptions = {},
): Promise<EnginePair> {
	const prepared = async (side: Side): Promise<PairEnd> => {
		const name = names[side];
		const database = await freshDatabase(on[side], { atEnd, ...(name && { name }) });
		const connection = await database.connect();
		for (const statement of schema) await connection.query(statement);
		return { ...database, connection };
	};
	const local = await prepared('local');
	const cloud = await prepared('cloud');
	const config: PairConfig = {
		name: 'pair',
		enabled: true,
		local: engineEnd(local, 'local', 'site'),
		cloud: engineEnd(cloud, 'cloud', 'cloud'),
		tables: 'all',
		excludeTables: [],
		interval: 1000,
		batchSize: 100,
		maxBatchSize: 5000,
		conflict: 'newest',
		readOnly: false,
		autoInstall: true,
		...changes,
	};
	const sync: EnginePair['sync'] = async (once = false) => {
		const said: string[] = [];
		const say = (line: string) => said.push(line);
		const moved = await syncPair(config, { directions, once, stopped: () => false, say });
		return { ...moved, said };
	};
	return { local, cloud, config, sync };
}

function engineEnd({ end }: Database, side: Side, nodeId: string): EndConfig {
	const { host, port, user, password, database } = end;
	return { side, nodeId, endpoints: [{ host, port }], user, password, database };
}

/** The first column of a query's rows. */
export async function firstColumn(connection: Connection, sql: string): Promise<unknown[]> {
	const [rows] = await connection.query<RowDataPacket[][]>({ sql, rowsAsArray: true });
	return rows.map((row) => row[0]);
}

import type { Connection } from 'mysql2/promise';
import type { Product } from '../../source/demo/servers/product.ts';
import { type Database, freshDatabase } from './databases.ts';
import { type Result, runProgram, writeConfig } from './program.ts';
import type { ServerAddress } from './servers.ts';

/** A database of a pair, with a connection as its application has one. */
export interface PairEnd extends Database {
	connection: Connection;
}

/** What `sync --json` says of one direction. */
export interface Moved {
	applied: number;
	batches: number;
	conflicts: number;
	errors: number;
}

/** Two fresh databases, a configuration that pairs them, and the program to run on it. */
export interface TestPair {
	local: PairEnd;
	cloud: PairEnd;
	configPath: string;
	/** Runs a command of the built program with this configuration. */
	run: (...args: string[]) => Promise<Result>;
	/** Runs `sync --json`. Resolves to what it moved, whatever its exit code. */
	sync: (...args: string[]) => Promise<Record<'local_to_cloud' | 'cloud_to_local', Moved>>;
}

export interface TestPairOptions {
	/** Statements that are run on both ends. */
	schema?: readonly string[];
	/** Top-level keys of the configuration. */
	config?: object;
	/** Keys of the pair. */
	pair?: object;
	/** Keys of the two ends. */
	ends?: { local?: object; cloud?: object };
}

/** Makes a pair named `pair`, whose nodes are `site` and `cloud`. */
export async function testPair(
	on: { local: Product | ServerAddress; cloud: Product | ServerAddress },
	{ schema = [], config = {}, pair = {}, ends = {} }: TestPairOptions = {},
): Promise<TestPair> {
	const local = await prepared(on.local, schema);
	const cloud = await prepared(on.cloud, schema);
	const configPath = await writeConfig({
		node_id: 'site',
		...config,
		sync_pairs: [
			{
				name: 'pair',
				local: { ...local.end, ...ends.local },
				cloud: { ...cloud.end, ...ends.cloud },
				tables: 'all',
				...pair,
			},
		],
	});
	const run = (...args: string[]) => runProgram(args, { config: configPath });
	return {
		local,
		cloud,
		configPath,
		run,
		sync: async (...args) => {
			const { json } = await run('sync', '--json', ...args);
			const [moved] = json<{ pairs: Awaited<ReturnType<TestPair['sync']>>[] }>().pairs;
			if (!moved) throw new Error('sync said nothing of the pair');
			return moved;
		},
	};
}

async function prepared(on: Product | ServerAddress, schema: readonly string[]): Promise<PairEnd> {
	const database = await freshDatabase(on);
	const connection = await database.connect();
	for (const statement of schema) await connection.query(statement);
	return { ...database, connection };
}

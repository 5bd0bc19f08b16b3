import { onTestFinished } from 'vitest';
import { directions, type PairConfig, type Side } from '../../source/config/types.ts';
import type { Product } from '../../source/demo/servers/product.ts';
import { type SyncResult, syncPair } from '../../source/engine/run/sync-pair.ts';
import { compareTables } from './compare-tables.ts';
import { freshDatabase } from './databases.ts';
import { engineEnd } from './ends.ts';
import type { PairEnd } from './pair.ts';
import type { ServerAddress } from './servers.ts';
import type { AtEnd } from './suites.ts';

/** A pair whose engine runs in the test's own process, for tests that sync often or much. */
export interface EnginePair {
	local: PairEnd;
	cloud: PairEnd;
	config: PairConfig;
	/** Syncs both directions, installing whatever is missing, until nothing is pending. */
	sync: (once?: boolean) => Promise<SyncResult & { said: string[] }>;
	/** What differs between the two. */
	differences: () => Promise<string[]>;
}

export interface EnginePairOptions {
	/** Statements that are run on both ends, or on each its own. */
	schema?: readonly string[] | Record<Side, readonly string[]>;
	config?: Partial<PairConfig>;
	/** Names of the two databases; random ones unless given. */
	names?: Partial<Record<Side, string>>;
	/** Ports by which the engine reaches the two, where they are not the servers' own. */
	ports?: Partial<Record<Side, number>>;
	/** The node id of the local end; `site` unless given. */
	node?: string;
	/** The cloud's database of another pair, for a further site of one hub. */
	cloud?: PairEnd;
	/** When to drop the databases: at the end of the test unless given. */
	atEnd?: AtEnd;
}

/** What a pair is without keys of its own, but for its ends. */
export const pairDefaults: Omit<PairConfig, Side> = {
	name: 'pair',
	enabled: true,
	tables: 'all',
	excludeTables: [],
	interval: 1000,
	batchSize: 100,
	maxBatchSize: 5000,
	conflict: 'newest',
	retention: 7 * 86_400_000,
	readOnly: false,
	autoInstall: true,
};

/** Makes a pair named `pair`, whose nodes are `site` and `cloud`. */
export async function enginePair(
	on: Record<Side, Product | ServerAddress>,
	{
		schema = [],
		config: changes = {},
		names = {},
		ports = {},
		node = 'site',
		cloud: hub,
		atEnd = onTestFinished,
	}: EnginePairOptions = {},
): Promise<EnginePair> {
	const prepared = async (side: Side): Promise<PairEnd> => {
		const name = names[side];
		const database = await freshDatabase(on[side], { atEnd, ...(name && { name }) });
		const connection = await database.connect();
		for (const statement of 'local' in schema ? schema[side] : schema)
			await connection.query(statement);
		return { ...database, connection };
	};
	const local = await prepared('local');
	const cloud = hub ?? (await prepared('cloud'));
	const reached = ({ end: { host, port } }: PairEnd, side: Side) => ({
		endpoints: [{ host, port: ports[side] ?? port }],
	});
	const config: PairConfig = {
		...pairDefaults,
		local: engineEnd(local, { side: 'local', nodeId: node, ...reached(local, 'local') }),
		cloud: engineEnd(cloud, { side: 'cloud', nodeId: 'cloud', ...reached(cloud, 'cloud') }),
		...changes,
	};
	const sync: EnginePair['sync'] = async (once = false) => {
		const said: string[] = [];
		const say = (line: string) => said.push(line);
		const moved = await syncPair(config, { directions, once, stopped: () => false, say });
		return { ...moved, said };
	};
	const differences = () => compareTables(local.connection, cloud.connection);
	return { local, cloud, config, sync, differences };
}

/** Every error of a run in words, those of both directions. */
export function errorsOf({ local_to_cloud, cloud_to_local }: SyncResult): string[] {
	return [...local_to_cloud.errors, ...cloud_to_local.errors].map((error) => error.describe());
}

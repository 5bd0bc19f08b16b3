import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, createConnection } from 'mysql2/promise';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/types.ts';
import { type Comparison, compareTable } from './compare.ts';
import { choosePrograms } from './servers/choose.ts';
import { productNames, type ServerProgram } from './servers/product.ts';
import { type Server, startServer } from './servers/server.ts';
import { createShop, shopDatabase, stockShop, syncedTables } from './shop.ts';
import { Workload } from './workload.ts';

/** Two throwaway servers with the sample shop, workloads on both, and a configuration. */
export interface Stage {
	config: Config;
	servers: readonly Server[];
	/** Fills the first shop and starts both workloads. Call it after the triggers are installed. */
	open(): Promise<void>;
	/** Stops both workloads. Resolves to the number of transactions. */
	close(): Promise<number>;
	/** Compares every synced table. */
	compare(): Promise<Comparison[]>;
	/** Stops the servers and removes everything. */
	clear(): Promise<void>;
}

/**
 * Sets up the demo.
 * @param say receives progress messages
 * @throws SyncError `environment` if there is no server and none can be installed
 */
export async function setStage(say: (line: string) => void): Promise<Stage> {
	const programs = await choosePrograms(say);
	say(`Starting two throwaway servers on 127.0.0.1: ${programs.map(serverName).join(' and ')}`);
	const servers: Server[] = [];
	const folder = await mkdtemp(join(tmpdir(), 'mysql-sync-tui-demo-'));
	const connections: Connection[] = [];
	const clear = async () => {
		await Promise.all(connections.map((connection) => connection.end()));
		await Promise.all(servers.map((server) => server.stop()));
		await rm(folder, { recursive: true, force: true });
	};
	try {
		// Sequential: two servers of one product share the data folder that the first one creates.
		for (const program of programs) servers.push(await startServer(program));
		const path = join(folder, 'config.json');
		await writeFile(path, JSON.stringify(configOf(servers), null, 2), { mode: 0o600 });
		for (const server of servers) {
			const connection = await createConnection({ ...accountOf(server), charset: 'utf8mb4' });
			connections.push(connection);
			await createShop(connection);
		}
		const [ours, theirs] = connections as [Connection, Connection];
		const workloads = [new Workload(ours, 0), new Workload(theirs, 1)];
		return {
			config: await loadConfig({ path }),
			servers,
			open: async () => {
				await stockShop(ours);
				for (const workload of workloads) workload.start();
			},
			close: async () => {
				await Promise.all(workloads.map((workload) => workload.stop()));
				return workloads.reduce((sum, { done }) => sum + done, 0);
			},
			compare: async () => {
				const comparisons: Comparison[] = [];
				for (const table of syncedTables) {
					comparisons.push(await compareTable(ours, theirs, table));
				}
				return comparisons;
			},
			clear,
		};
	} catch (error) {
		await clear();
		throw error;
	}
}

/** Product and version: `MariaDB 10.11.19`. */
export function serverName({
	product,
	version,
}: Pick<ServerProgram, 'product' | 'version'>): string {
	return `${productNames[product]} ${version}`;
}

function accountOf({ host, port, user, password }: Server) {
	return { host, port, user, password };
}

/** Short intervals, so that changes visibly accumulate and are applied. */
function configOf(servers: readonly Server[]) {
	const end = (server: Server | undefined) => ({
		...(server && accountOf(server)),
		database: shopDatabase,
	});
	return {
		node_id: 'shop',
		interval: '5s',
		refresh: '1s',
		sync_pairs: [{ name: 'demo', local: end(servers[0]), cloud: end(servers[1]), tables: 'all' }],
	};
}

import type { EndConfig, PairConfig, Side } from '../../source/config/types.ts';
import type { Server } from '../../source/demo/servers/server.ts';

/** A pair of the databases `bench_a` and `bench_b` of one server. */
export function benchPair(server: Server): PairConfig {
	const { host, port, user, password } = server;
	const end = (side: Side, database: string): EndConfig => ({
		side,
		nodeId: side,
		endpoints: [{ host, port }],
		user,
		password,
		database,
	});
	return {
		name: 'bench',
		enabled: true,
		local: end('local', 'bench_a'),
		cloud: end('cloud', 'bench_b'),
		tables: 'all',
		excludeTables: [],
		interval: 600_000,
		batchSize: 100,
		maxBatchSize: 5000,
		conflict: 'newest',
		retention: 7 * 86_400_000,
		readOnly: false,
		autoInstall: true,
	};
}

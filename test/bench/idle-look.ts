import { createConnection } from 'mysql2/promise';
import { countPending, fetchPending } from '../../source/changelog/log/pending.ts';
import { LogConnection } from '../../source/changelog/session/log-connection.ts';
import type { Server } from '../../source/demo/servers/server.ts';
import { benchPair } from './pair.ts';

/** Changes of history, all of them applied. */
const history = 1_000_000;

/** Looks of which the median counts. */
const looks = 101;

export interface IdleLook {
	history: number;
	/** Milliseconds. */
	empty: number;
	/** Milliseconds. */
	full: number;
}

/** What it costs to find that nothing is pending, with an empty log and with a long one. */
export async function measureIdleLook(server: Server): Promise<IdleLook> {
	const { host, port, user, password } = server;
	const root = await createConnection({ host, port, user, password, database: 'bench_a' });
	await root.query('TRUNCATE change_log');
	const connection = await LogConnection.open(benchPair(server).local);
	const empty = await medianLook(connection);
	await root.query(
		`INSERT INTO change_log (table_name, operation, row_key, source_node, applied_nodes, changed_at)
		WITH RECURSIVE digit AS (SELECT 0 AS d UNION ALL SELECT d + 1 FROM digit WHERE d < 9)
		SELECT 'item', 'UPDATE', CONCAT('x', HEX(a.d)), IF(f.d < 5, 'local', 'cloud'), 'cloud', UTC_TIMESTAMP(6)
		FROM digit a, digit b, digit c, digit d, digit e, digit f`,
	);
	const full = await medianLook(connection);
	await connection.close();
	await root.end();
	return { history, empty, full };
}

async function medianLook(connection: LogConnection): Promise<number> {
	const times: number[] = [];
	for (let look = 0; look < looks; look += 1) {
		const start = performance.now();
		const count = await countPending(connection, 'cloud', new Set(['item']));
		const changes = await fetchPending(connection, {
			peer: 'cloud',
			tables: ['item'],
			limit: 100,
		});
		times.push(performance.now() - start);
		if (count.pending + changes.length > 0) throw new Error('the log is not idle');
	}
	return times.sort((one, other) => one - other)[Math.floor(looks / 2)] ?? Number.NaN;
}

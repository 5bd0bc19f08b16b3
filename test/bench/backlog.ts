import {
	type Connection as Application,
	createConnection,
	type RowDataPacket,
} from 'mysql2/promise';
import type { PairConfig } from '../../source/config/types.ts';
import type { Server } from '../../source/demo/servers/server.ts';
import { installPair } from '../../source/engine/install/installation.ts';
import { syncPair } from '../../source/engine/run/sync-pair.ts';
import { closeBoth, openBoth } from '../../source/engine/shared/connections.ts';
import { benchPair } from './pair.ts';

/** Changes in the backlog. */
const backlog = 20_000;

const columns = ['id', 'name', 'city', 'amount', 'at', 'count', 'ratio', 'note', 'day', 'code'];

export interface Backlog {
	changes: number;
	/** Changes per second. */
	batched: number;
	/** Changes per second. */
	oneByOne: number;
}

/** Moves the same backlog twice: with the program's own batches, and row by row. */
export async function measureBacklog(server: Server): Promise<Backlog> {
	const batched = await timed(server, async (pair) => {
		const moved = await syncPair(pair, {
			directions: ['local_to_cloud'],
			once: false,
			stopped: () => false,
			say: () => {},
		});
		if (moved.local_to_cloud.applied !== backlog) throw new Error('not all of it was moved');
	});
	const oneByOne = await timed(server, () => moveOneByOne(server));
	return { changes: backlog, batched, oneByOne };
}

/** Makes a backlog, moves it, and compares. Resolves to changes per second. */
async function timed(server: Server, move: (pair: PairConfig) => Promise<void>): Promise<number> {
	const pair = benchPair(server);
	const root = await createConnection({ ...accountOf(server), multipleStatements: true });
	await recreate(root);
	const connections = await openBoth(pair);
	await installPair(connections, pair);
	await closeBoth(connections);
	await fill(root);
	const start = performance.now();
	await move(pair);
	const seconds = (performance.now() - start) / 1000;
	const [[row]] = await root.query<RowDataPacket[]>(
		'SELECT COUNT(*) AS n FROM bench_a.item JOIN bench_b.item USING (id, name, amount, note)',
	);
	await root.end();
	if (Number(row?.n) !== backlog) throw new Error('the two sides differ');
	return Math.round(backlog / seconds);
}

async function recreate(root: Application): Promise<void> {
	for (const database of ['bench_a', 'bench_b']) {
		await root.query(`DROP DATABASE IF EXISTS ${database}`);
		await root.query(`CREATE DATABASE ${database} CHARACTER SET utf8mb4`);
		await root.query(
			`CREATE TABLE ${database}.item (
				id INT PRIMARY KEY, name VARCHAR(60), city VARCHAR(60), amount DECIMAL(12, 2), at DATETIME,
				count BIGINT, ratio DOUBLE, note TEXT, day DATE, code CHAR(8)
			)`,
		);
	}
}

async function fill(root: Application): Promise<void> {
	const rows = Array.from({ length: backlog }, (_, id) => [
		id,
		`name ${id}`,
		`city ${id % 100}`,
		id / 100,
		'2026-01-02 03:04:05',
		id * 1000,
		id / 7,
		'a note of some length, as notes have '.repeat(2),
		'2026-01-02',
		String(id).padStart(8, '0'),
	]);
	for (let start = 0; start < rows.length; start += 2000) {
		await root.query('INSERT INTO bench_a.item VALUES ?', [rows.slice(start, start + 2000)]);
	}
}

/** What a straightforward program does: per change, read the row, write it, mark the change. */
async function moveOneByOne(server: Server): Promise<void> {
	const source = await createConnection({ ...accountOf(server), database: 'bench_a' });
	const target = await createConnection({ ...accountOf(server), database: 'bench_b' });
	await target.query("SET @change_log_applying = ''");
	const [changes] = await source.query<RowDataPacket[]>(
		"SELECT id, row_key FROM change_log WHERE applied_nodes = '' ORDER BY id",
	);
	const updates = columns.map((name) => `\`${name}\` = VALUES(\`${name}\`)`).join(', ');
	for (const { id, row_key } of changes) {
		const key = Buffer.from(String(row_key).slice(1), 'hex').toString();
		const [[row]] = await source.query<RowDataPacket[]>('SELECT * FROM item WHERE id = ?', [key]);
		await target.query(`INSERT INTO item VALUES (?) ON DUPLICATE KEY UPDATE ${updates}`, [
			columns.map((name) => row?.[name]),
		]);
		await source.query("UPDATE change_log SET applied_nodes = 'cloud' WHERE id = ?", [id]);
	}
	await Promise.all([source.end(), target.end()]);
}

function accountOf({ host, port, user, password }: Server) {
	return { host, port, user, password };
}

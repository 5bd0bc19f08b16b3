/** What capturing costs an application's writes: without triggers, with the least ones, and with the program's. */
import { type Connection, createConnection } from 'mysql2/promise';
import type { Server } from '../../source/demo/servers/server.ts';
import { installPair } from '../../source/engine/install/installation.ts';
import { closeBoth, openBoth } from '../../source/engine/shared/connections.ts';
import { benchPair } from './pair.ts';

/** Rows of a statement that writes many, and statements that write one. */
const rows = 20_000;
const singles = 1_000;

/** Of as many measurements of each shape, in turn, the quickest counts. */
const rounds = 3;

const shapes = ['none', 'least', 'program'] as const;
type Shape = (typeof shapes)[number];

/** Milliseconds of each kind of write, by shape. */
export type CaptureCost = Record<string, Record<Shape, number>>;

export async function measureCapture(server: Server): Promise<CaptureCost> {
	const cost: CaptureCost = {};
	for (let round = 0; round < rounds; round += 1) {
		for (const shape of shapes) {
			const root = await prepared(server, shape);
			for (const [kind, write] of Object.entries(writes)) {
				const start = performance.now();
				await write(root);
				const took = performance.now() - start;
				const known = cost[kind] ?? { none: Infinity, least: Infinity, program: Infinity };
				cost[kind] = { ...known, [shape]: Math.min(known[shape], took) };
			}
			await root.end();
		}
	}
	return cost;
}

const writes: Record<string, (root: Connection) => Promise<unknown>> = {
	'INSERT of many rows': (root) => root.query('INSERT INTO item SELECT id, id, 0 FROM numbers'),
	'UPDATE of many rows': (root) => root.query('UPDATE item SET v = v + 1'),
	'UPDATE that changes nothing': (root) => root.query('UPDATE item SET v = v'),
	'DELETE of many rows': (root) => root.query('DELETE FROM item'),
	'INSERT of one row': (root) => oneByOne(root, (id) => `INSERT INTO item VALUES (${id}, 1, 1)`),
	'UPDATE of one row': (root) => oneByOne(root, (id) => `UPDATE item SET v = 2 WHERE id = ${id}`),
	'DELETE of one row': (root) => oneByOne(root, (id) => `DELETE FROM item WHERE id = ${id}`),
	'DELETE that cascades': (root) => root.query('DELETE FROM parent'),
};

/** In one transaction, so that the time is not that of the disk. */
async function oneByOne(root: Connection, statement: (id: number) => string): Promise<void> {
	await root.query('START TRANSACTION');
	for (let id = 1; id <= singles; id += 1) await root.query(statement(id));
	await root.query('COMMIT');
}

async function prepared(server: Server, shape: Shape): Promise<Connection> {
	const { host, port, user, password } = server;
	const root = await createConnection({ host, port, user, password, multipleStatements: true });
	for (const database of ['bench_b', 'bench_a']) {
		await root.query(`DROP DATABASE IF EXISTS ${database}; CREATE DATABASE ${database}`);
		await root.query(`USE ${database}`);
		await root.query(`
			CREATE TABLE item (id INT PRIMARY KEY, a INT, v INT);
			CREATE TABLE parent (id INT PRIMARY KEY);
			CREATE TABLE child (
				id INT PRIMARY KEY, parent INT,
				FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE CASCADE
			)`);
	}
	await root.query('CREATE TABLE numbers (id INT PRIMARY KEY)');
	const numbers = Array.from({ length: rows }, (_, id) => [id]);
	await root.query('INSERT INTO numbers VALUES ?', [numbers]);
	if (shape === 'least') await root.query(leastTriggers);
	if (shape === 'program') {
		const connections = await openBoth({
			...benchPair(server),
			tables: ['item', 'parent', 'child'],
		});
		await installPair(connections, { ...benchPair(server), tables: ['item', 'parent', 'child'] });
		await closeBoth(connections);
	}
	await root.query(`
		SET @change_log_applying = '';
		INSERT INTO parent SELECT id FROM numbers WHERE id < ${rows / 4};
		INSERT INTO child SELECT id, id FROM parent;
		SET @change_log_applying = NULL`);
	return root;
}

const least = (table: string, operation: string, key: string) =>
	`INSERT INTO least_log (table_name, operation, row_key, source_node, applied_nodes, changed_at)
	VALUES ('${table}', '${operation}', CONCAT('x', HEX(${key})), 'site', '', UTC_TIMESTAMP(6));`;

/** Triggers that write the same columns, and ask nothing. */
const leastTriggers = `
	CREATE TABLE least_log (
		id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
		table_name VARCHAR(64) NOT NULL, operation ENUM('INSERT', 'UPDATE', 'DELETE') NOT NULL,
		row_key VARCHAR(6400) CHARACTER SET ascii NULL,
		source_node VARCHAR(64) CHARACTER SET ascii NOT NULL,
		applied_nodes VARCHAR(2048) CHARACTER SET ascii NOT NULL,
		changed_at DATETIME(6) NULL,
		PRIMARY KEY (id), KEY (applied_nodes)
	);
	CREATE TRIGGER least_i AFTER INSERT ON item FOR EACH ROW ${least('item', 'INSERT', 'NEW.id')}
	CREATE TRIGGER least_u AFTER UPDATE ON item FOR EACH ROW ${least('item', 'UPDATE', 'NEW.id')}
	CREATE TRIGGER least_d AFTER DELETE ON item FOR EACH ROW ${least('item', 'DELETE', 'OLD.id')}
	CREATE TRIGGER least_p AFTER DELETE ON parent FOR EACH ROW ${least('parent', 'DELETE', 'OLD.id')}
	CREATE TRIGGER least_c BEFORE DELETE ON parent FOR EACH ROW
		INSERT INTO least_log (table_name, operation, row_key, source_node, applied_nodes, changed_at)
		SELECT 'child', 'DELETE', CONCAT('x', HEX(id)), 'site', '', UTC_TIMESTAMP(6)
		FROM child WHERE parent = OLD.id;`;

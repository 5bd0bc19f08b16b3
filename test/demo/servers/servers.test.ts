import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Product, products } from '../../../source/demo/servers/product.ts';
import type { Server } from '../../../source/demo/servers/server.ts';
import { SyncError } from '../../../source/errors.ts';
import { startOwnServer } from '../../support/databases.ts';
import { isRunning } from '../../support/processes.ts';
import { atSuiteEnd, describeInFull, describeOn } from '../../support/suites.ts';
import { waitFor } from '../../support/wait.ts';

const holder = fileURLToPath(new URL('hold-server.ts', import.meta.url));

function exists(path: string): Promise<boolean> {
	return access(path).then(
		() => true,
		() => false,
	);
}

/** Settings by which the products differ, and that decide what a sync meets. */
const defaults: Record<Product, Record<string, string>> = {
	mariadb: {
		sql_mode:
			'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION',
		log_bin: '0',
		max_allowed_packet: String(16 * 1024 * 1024),
	},
	mysql: {
		sql_mode:
			'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
		log_bin: '1',
		log_bin_trust_function_creators: '0',
		max_allowed_packet: String(64 * 1024 * 1024),
	},
};

/** The first value of the first row that a query gives. */
async function value(server: Server, sql: string, password = server.password): Promise<unknown> {
	const { host, port, user } = server;
	const connection = await createConnection({ host, port, user, password });
	connection.on('error', () => undefined);
	try {
		const [rows] = await connection.query<RowDataPacket[]>({ sql, timeout: 20_000 });
		return Array.isArray(rows) ? Object.values(rows[0] ?? {})[0] : undefined;
	} finally {
		connection.destroy();
	}
}

/** A program that has started a server and waits, in a process group of its own. */
async function holdServer(product: Product) {
	const program = spawn(process.execPath, ['--import', 'tsx', holder, product], {
		detached: true,
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const lines = createInterface({ input: program.stdout });
	const line = async () => String((await once(lines, 'line'))[0]);
	const group = -(program.pid ?? Number.NaN);
	onTestFinished(() => {
		if (program.exitCode === null && program.signalCode === null) process.kill(group, 'SIGKILL');
	});
	const { pid, folder } = JSON.parse(await line()) as { pid: number; folder: string };
	return { program, group, pid, folder, line };
}

for (const product of products) {
	// What a server's folder and its end are is the same for both products.
	const describeIt = product === 'mariadb' ? describeOn : describeInFull;
	describeIt([product], `a throwaway ${product} server`, () => {
		const atEnd = atSuiteEnd();
		let unharmed: Server;
		beforeAll(async () => {
			unharmed = await startOwnServer(product, { atEnd });
		});

		test('is of its product and answers on the loopback address only', async () => {
			const version = String(await value(unharmed, 'SELECT VERSION()'));
			expect(version).toContain(unharmed.version);
			expect(/mariadb/i.test(version)).toBe(product === 'mariadb');
			expect(await value(unharmed, 'SELECT @@bind_address')).toBe('127.0.0.1');
		});

		test('lets nobody in without its password', async () => {
			await expect(value(unharmed, 'SELECT 1', '')).rejects.toMatchObject({ errno: 1045 });
			await expect(value(unharmed, 'SELECT 1', 'wrong')).rejects.toMatchObject({ errno: 1045 });
		});

		test('keeps its folder to itself', async () => {
			expect((await stat(unharmed.folder)).mode & 0o777).toBe(0o700);
		});

		test('behaves as its product does by default', async () => {
			for (const [variable, setting] of Object.entries(defaults[product])) {
				const found = await value(unharmed, `SELECT @@GLOBAL.${variable}`);
				expect(String(found), variable).toBe(setting);
			}
		});

		test('is another server than the one started beside it', async () => {
			const [one, two] = [await startOwnServer(product), await startOwnServer(product)];
			await value(one, 'CREATE DATABASE of_one');
			const databases = `SELECT COUNT(*) FROM information_schema.schemata
				WHERE schema_name = 'of_one'`;
			expect(Number(await value(one, databases))).toBe(1);
			expect(Number(await value(two, databases))).toBe(0);
			if (product === 'mysql') {
				const id = 'SELECT @@server_uuid';
				expect(await value(one, id)).not.toBe(await value(two, id));
			}
		});

		test('takes further options, and writes through to the disk if asked to', async () => {
			const flush = 'SELECT @@innodb_flush_log_at_trx_commit';
			const server = await startOwnServer(product, {
				durable: true,
				args: ['--max-connections=17'],
			});
			expect(Number(await value(server, 'SELECT @@max_connections'))).toBe(17);
			expect(Number(await value(server, flush))).toBe(1);
			expect(Number(await value(unharmed, flush))).toBe(2);
		});

		test('comes back on its port with its data after it was killed', async () => {
			const server = await startOwnServer(product);
			await value(server, 'CREATE TABLE mysql.kept SELECT 42 AS answer');
			const { port, pid } = server;
			await server.kill('SIGKILL');
			expect(server.pid).toBeUndefined();
			await expect(value(server, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });

			await server.restart();
			expect(server.port).toBe(port);
			expect(server.pid).not.toBe(pid);
			expect(Number(await value(server, 'SELECT answer FROM mysql.kept'))).toBe(42);
		});

		test('is restarted even while it is frozen', async () => {
			const server = await startOwnServer(product);
			await server.kill('SIGSTOP');
			await server.restart();
			expect(Number(await value(server, 'SELECT 1'))).toBe(1);
		});

		test('freezes and goes on', async () => {
			const server = await startOwnServer(product);
			const { host, port, user, password } = server;
			const connection = await createConnection({ host, port, user, password });
			connection.on('error', () => undefined);
			onTestFinished(() => connection.destroy());
			await server.kill('SIGSTOP');
			// The kernel stops its threads one after the other, and one may still answer.
			const frozen = () =>
				connection.query({ sql: 'SELECT 1', timeout: 300 }).then(
					() => null,
					(error: unknown) => ({ error }),
				);
			const { error } = await waitFor(frozen, { what: 'the server to stop answering' });
			expect(error).toMatchObject({ code: 'PROTOCOL_SEQUENCE_TIMEOUT' });
			await server.kill('SIGCONT');
			expect(Number(await value(server, 'SELECT 1'))).toBe(1);
		});

		test('leaves neither process nor folder when it is stopped', async () => {
			const server = await startOwnServer(product);
			const pid = server.pid ?? Number.NaN;
			expect(await isRunning(pid)).toBe(true);
			await server.stop();
			expect(await isRunning(pid)).toBe(false);
			expect(await exists(server.folder)).toBe(false);
			expect(await exists(`${server.folder}.gone`)).toBe(false);
		});

		test('says why it does not start, and leaves nothing', async () => {
			const start = startOwnServer(product, { args: ['--no-such-option=1'] });
			const error = await start.catch((reason: unknown) => reason);
			expect(error).toBeInstanceOf(SyncError);
			expect(error).toMatchObject({ code: 'environment' });
			const { message, details } = error as SyncError;
			expect(message).toMatch(/exited while starting\. Its log ends:$/);
			expect(details.join('\n')).toContain('no-such-option');
		});

		test('dies with the program that started it, and its folder goes too', async () => {
			const { program, pid, folder } = await holdServer(product);
			expect(await isRunning(pid)).toBe(true);
			expect(await exists(folder)).toBe(true);

			program.kill('SIGKILL');
			await waitFor(async () => !(await isRunning(pid)), { what: 'the server to be gone' });
			await waitFor(async () => !(await exists(folder)) && !(await exists(`${folder}.gone`)), {
				what: 'the folder to be gone',
			});
		});

		test('does not hear the Ctrl-C that the program gets', async () => {
			const { group, pid, line } = await holdServer(product);
			process.kill(group, 'SIGINT');
			expect(await line()).toBe('it answers');
			expect(await isRunning(pid)).toBe(true);
		});
	});
}

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import type { Server } from '../../source/demo/servers/server.ts';
import { openTerminal, type PtyTerminal } from '../support/pty.ts';

/** Changes in the backlog that is drained while keys are pressed. */
const backlog = 100_000;

/** Keys pressed meanwhile. */
const keys = 200;

/** Milliseconds that a screen is watched: several of the rounds in which an idle one does its work. */
const watched = 40_000;

/** Tables beside the one with the backlog: rows to move the cursor over. */
const tables = 30;

export interface ScreenCost {
	/** Bytes per second to the terminal, and per cent of one core. */
	idle: { bytes: number; cpu: number };
	counting: { bytes: number; cpu: number };
	/** Milliseconds from a key to its effect on the screen while the backlog is drained. */
	key: { median: number; p99: number };
	/** Megabytes after the start and at the end. */
	memory: { before: number; after: number };
}

/** Runs the built program in a terminal of 80x24 on a pair of the server's databases. */
export async function measureScreen(server: Server): Promise<ScreenCost> {
	const { host, port, user, password } = server;
	const root = await createConnection({ host, port, user, password });
	for (const database of ['screen_a', 'screen_b']) {
		await root.query(`DROP DATABASE IF EXISTS ${database}`);
		await root.query(`CREATE DATABASE ${database}`);
		for (let table = 0; table < tables; table += 1) {
			await root.query(`CREATE TABLE ${database}.t${table} (id INT PRIMARY KEY, note VARCHAR(60))`);
		}
	}
	const end = (database: string) => ({ host, port, user, password, database });
	const folder = await mkdtemp(join(tmpdir(), 'mysql-sync-tui-bench-'));
	const config = join(folder, 'config.json');
	const pair = { name: 'bench', local: end('screen_a'), cloud: end('screen_b'), tables: 'all' };
	await writeFile(config, JSON.stringify({ interval: '1h', sync_pairs: [pair] }), { mode: 0o600 });
	const terminal = openTerminal(process.execPath, ['dist/cli.js', '--config', config], {
		timeout: 600_000,
	});
	try {
		await terminal.waitForScreen(/idle/, 60_000);
		terminal.press('\r');
		await terminal.waitForScreen(/Tables/);
		const before = await megabytes(terminal.pid);
		// For a minute after something has happened ages go by seconds.
		await pause(65_000);
		const idle = await watch(terminal);
		const counting = await whileCounting(root, () => watch(terminal));
		const key = await pressWhileDraining(root, terminal);
		const after = await megabytes(terminal.pid);
		return { idle, counting, key, memory: { before, after } };
	} finally {
		terminal.kill('SIGTERM');
		await terminal.exited;
		await root.end();
		await rm(folder, { recursive: true, force: true });
	}
}

async function watch(terminal: PtyTerminal): Promise<ScreenCost['idle']> {
	// What the last key or run brought about has to be over.
	await pause(5000);
	const [bytes, seconds] = [terminal.raw.length, await cpuSeconds(terminal.pid)];
	await pause(watched);
	return {
		bytes: (terminal.raw.length - bytes) / (watched / 1000),
		cpu: (100 * ((await cpuSeconds(terminal.pid)) - seconds)) / (watched / 1000),
	};
}

type Root = Awaited<ReturnType<typeof createConnection>>;

/** A few changes a second, on both sides. */
async function whileCounting<T>(root: Root, work: () => Promise<T>): Promise<T> {
	let counting = true;
	const writing = (async () => {
		for (let id = 0; counting; id += 1) {
			await root.query('INSERT INTO screen_a.t1 VALUES (?, ?)', [id, 'counted']);
			await root.query('INSERT INTO screen_b.t2 VALUES (?, ?)', [id, 'counted']);
			await pause(200);
		}
	})();
	const result = await work();
	counting = false;
	await writing;
	return result;
}

async function pressWhileDraining(root: Root, terminal: PtyTerminal): Promise<ScreenCost['key']> {
	const rows = Array.from({ length: backlog }, (_, id) => [id, 'one of a great many']);
	for (let start = 0; start < rows.length; start += 5000) {
		await root.query('INSERT INTO screen_a.t0 VALUES ?', [rows.slice(start, start + 5000)]);
	}
	terminal.press('3');
	await terminal.waitForScreen(/❯ t0/);
	terminal.press('>');
	const times: number[] = [];
	let draining = true;
	const drained = (async () => {
		while (draining) {
			// Counting the rows would keep the server as busy as the drain does.
			const [last] = await root.query('SELECT id FROM screen_b.t0 WHERE id = ?', [backlog - 1]);
			if ((last as object[]).length > 0) draining = false;
			else await pause(100);
		}
	})();
	for (let press = 0; press < keys && draining; press += 1) {
		const selected = press % 2 === 0 ? /❯ t1 / : /❯ t0 /;
		const start = performance.now();
		terminal.press(press % 2 === 0 ? 'j' : 'k');
		await terminal.waitForScreen(selected);
		times.push(performance.now() - start);
		await pause(20);
	}
	await drained;
	times.sort((one, other) => one - other);
	const at = (share: number) => times[Math.floor((times.length - 1) * share)] ?? Number.NaN;
	return { median: at(0.5), p99: at(0.99) };
}

/** Seconds of one core that a process has used. */
async function cpuSeconds(pid: number): Promise<number> {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const ticksPerSecond = 100;
	return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

async function megabytes(pid: number): Promise<number> {
	const status = await readFile(`/proc/${pid}/status`, 'utf8');
	return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}

import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../config/files.ts';
import { type TestPair, testPair } from '../support/pair.ts';
import { programPath, writeConfig } from '../support/program.ts';
import { openTerminal } from '../support/pty.ts';
import { runShell, startShell } from '../support/shell.ts';
import { describeOn, everyday } from '../support/suites.ts';
import { waitFor } from '../support/wait.ts';

const schema = ['CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))'];

const full = 'mysql-sync-tui: standard output is incomplete: ENOSPC: no space left on device\n';

/** The exit code of each command if its output can be written, and if not. */
const commands: [args: string, code: number, unwritten: number][] = [
	['--help', 0, 1],
	['config check', 0, 1],
	['install', 0, 1],
	['status --json', 0, 1],
	['sync', 0, 1],
	['history pair item 1', 0, 1],
	['forget pair nobody', 2, 2],
	['bogus', 2, 2],
	['--version', 0, 1],
	['config path', 0, 1],
	['install --json', 0, 1],
	['status', 0, 1],
	['sync --json', 0, 1],
	['conflicts --json', 0, 1],
	['errors', 0, 1],
	['retry', 0, 1],
	['resolve pair L1 --keep local', 2, 2],
	['uninstall --json', 0, 1],
];

/** Disabled pairs, which `status` prints without any server: more than a pipe holds. */
function manyPairs(): object {
	const end = { user: 'u', host: '127.0.0.1', port: 1 };
	const sync_pairs = Array.from({ length: 3_000 }, (_, index) => ({
		name: `pair_${index}`,
		enabled: false,
		local: { ...end, database: 'one' },
		cloud: { ...end, database: 'two' },
		tables: 'all',
	}));
	return { node_id: 'site', sync_pairs };
}

describeOn(['mariadb', 'mysql'], 'output that cannot be written', () => {
	it('is reported in one line and by the exit code, whatever the command; lost messages are not', async () => {
		const pair = await testPair({ local: 'mariadb', cloud: 'mysql' }, { schema });
		const outcomes = [];
		for (const [args] of everyday(commands, 5)) {
			const run = (where: string) => runShell(`$P ${args} $C ${where}`, pair.configPath);
			const results = await run('>/dev/full');
			const messages = await run('2>/dev/full');
			expect(results.stderr + messages.stdout, args).not.toMatch(/^\s+at |node:/m);
			expect(results.stderr.endsWith(full), args).toBe(messages.stdout !== '');
			outcomes.push([args, messages.code, results.code]);
		}
		expect(outcomes).toEqual(everyday(commands, 5));
	}, 300_000);

	it.each(['>/dev/full 2>&1', '>&- 2>&-', '>&-', '2>&-'])(
		'breaks nothing with both: %s',
		async (where) => {
			const path = await writeConfig(manyPairs());
			for (const [args, code] of [
				['status', where.startsWith('>/dev/full') ? 1 : 0],
				['bogus', 2],
			]) {
				expect((await runShell(`$P ${args} $C ${where}`, path)).code).toBe(code);
			}
		},
	);

	it('does not end the engine: its log goes on where there is room again, and says what is missing', async () => {
		const pair = await engineReady();
		const file = join(await temporaryFolder(), 'log');
		await writeFile(file, '');
		// A file may have 512 bytes, as if the disk were full then.
		const { program } = await startShell(`ulimit -f 1; exec $P run $C 2>>${file}`, pair.configPath);
		const log = () => readFile(file, 'utf8');
		for (const id of [1, 2, 3, 4, 5, 6, 7, 8]) await carryOver(pair, id);
		expect((await log()).length).toBe(512);
		await truncate(file, 0);
		await carryOver(pair, 9);
		await waitFor(async () => (await log()).includes('applied 1 change'), { what: 'the log' });
		const [torn, missing, next] = (await log()).split('\n');
		expect(torn).toBe('');
		expect(missing).toMatch(/^\[lines lost here: \d+\]$/);
		expect(next).toMatch(/Z info pair local-to-cloud: applied 1 change/);
		program.signal('SIGTERM');
		expect(await program.exited).toEqual({ code: 0, signal: null });
	});

	it.each(['2>/dev/full', '2>&-', '2>&- >&-', ''])(
		'does not end the engine: run %s',
		async (where) => {
			const pair = await engineReady();
			const { program, child } = await startShell(`exec $P run $C ${where}`, pair.configPath);
			// Where it goes nowhere else, whoever reads its log goes away.
			if (where === '') child.stderr?.destroy();
			await carryOver(pair, 1);
			await carryOver(pair, 2);
			expect(program.running).toBe(true);
			program.signal('SIGTERM');
			expect(await program.exited).toEqual({ code: 0, signal: null });
		},
	);

	it('does not end the screen', async () => {
		const pair = await engineReady();
		// Something that writes to standard error while the screen is open, as a library may.
		const preload = join(await temporaryFolder(), 'chatter.cjs');
		await writeFile(
			preload,
			"setInterval(() => process.stderr.listenerCount('error') && process.stderr.write('chatter'), 20).unref();",
		);
		const command = `exec "${process.execPath}" --require "${preload}" "${programPath}" --config "${pair.configPath}" 2>/dev/full`;
		const screen = openTerminal('sh', ['-c', command], { cols: 100, rows: 24 });
		onTestFinished(async () => {
			screen.kill('SIGKILL');
			await screen.exited;
		});
		await screen.waitForScreen('● idle');
		await carryOver(pair, 1);
		screen.press('\r');
		await screen.waitForScreen(/1 in \d+ ms/);
		screen.press('q');
		expect(await screen.exited).toMatchObject({ code: 0 });
	});
});

describe('output', () => {
	it('reaches a reader that takes its time, to the last byte', async () => {
		const path = await writeConfig(manyPairs());
		const { program, child } = await startShell('exec $P status --json $C', path);
		child.stdout?.pause();
		await waitFor(() => (child.stdout?.readableLength ?? 0) > 0, { what: 'the first of it' });
		// Longer than the program lingers for anything else.
		await pause(1_500);
		expect(program.running).toBe(true);
		child.stdout?.resume();
		expect((await program.exited).code).toBe(0);
		expect(JSON.parse(program.stdout).pairs).toHaveLength(3_000);
	});

	it('that fits on the disk only in part is reported as incomplete', async () => {
		const path = await writeConfig(manyPairs());
		const script = 'ulimit -f 100; $P status --json $C >out; code=$?; wc -c <out; exit $code';
		const ran = await runShell(script, path);
		expect(ran).toMatchObject({ code: 1, stdout: `${100 * 512}\n` });
		expect(ran.stderr).toBe(
			'mysql-sync-tui: standard output is incomplete: EFBIG: file too large\n',
		);
	});

	it('that is no longer read ends nothing and is no error', async () => {
		const path = await writeConfig(manyPairs());
		const script = '{ $P status $C; echo "code $?" >&2; } | head -c 20';
		const ran = await runShell(script, path);
		expect(ran).toMatchObject({ code: 0, stderr: 'code 0\n' });
		expect(ran.stdout).toHaveLength(20);
	});
});

/** A pair whose engine syncs a moment after it starts. */
async function engineReady(): Promise<TestPair> {
	const config = { interval: '200ms', refresh: '200ms' };
	return testPair({ local: 'mariadb', cloud: 'mysql' }, { schema, config });
}

/** Changes a row and waits until it is there on the other side. */
async function carryOver(pair: TestPair, id: number): Promise<void> {
	// Only once there are triggers is a change noted.
	await waitFor(
		async () => {
			const [triggers] = await pair.local.connection.query('SHOW TRIGGERS');
			return (triggers as unknown[]).length >= 3;
		},
		{ what: 'the triggers' },
	);
	await pair.local.connection.query(`INSERT INTO item VALUES (${id}, 'x')`);
	await waitFor(
		async () => {
			const [rows] = await pair.cloud.connection.query(`SELECT id FROM item WHERE id = ${id}`);
			return (rows as unknown[]).length > 0;
		},
		{ what: `row ${id} in the cloud` },
	);
}

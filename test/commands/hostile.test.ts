import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ParkedChange, StatusDocument } from '../../source/engine/api/snapshot.ts';
import type { ConflictRecord } from '../../source/engine/records/conflicts.ts';
import { temporaryFolder } from '../config/files.ts';
import { harmIn, hostile, hostileName, hostileWord } from '../support/hostile.ts';
import { type TestPair, testPair } from '../support/pair.ts';
import {
	type ProgramOptions,
	programPath,
	type Result,
	runProgram,
	startProgram,
} from '../support/program.ts';
import { openTerminal } from '../support/pty.ts';
import { startRogueServer, switchTo } from '../support/rogue-server.ts';
import { describeOn } from '../support/suites.ts';
import { waitFor } from '../support/wait.ts';

const table = hostileName('t');
const refusing = hostileName('r');
const keyless = hostileName('k');
const drifting = hostileName('d');
const column = hostileName('c');
const quoted = (name: string) => `\`${name}\``;

const schema = [
	`CREATE TABLE ${quoted(table)} (${quoted(column)} VARCHAR(200) PRIMARY KEY, v VARCHAR(400)) DEFAULT CHARSET utf8mb4`,
	`CREATE TABLE ${quoted(refusing)} (id INT PRIMARY KEY, v VARCHAR(400)) DEFAULT CHARSET utf8mb4`,
	`CREATE TABLE ${quoted(keyless)} (v INT)`,
	`CREATE TABLE ${quoted(drifting)} (id INT PRIMARY KEY)`,
];

/** Runs a command and looks at every byte that it printed. */
async function harmless(args: readonly string[], options: ProgramOptions = {}): Promise<Result> {
	const ran = await runProgram(args, options);
	expect(harmIn(ran.stdout), `stdout of ${JSON.stringify(args)}`).toBeNull();
	expect(harmIn(ran.stderr), `stderr of ${JSON.stringify(args)}`).toBeNull();
	return ran;
}

describe('what comes from the command line, the environment and the configuration', () => {
	const end = { user: 'u', host: '127.0.0.1', port: 1 };
	const site = (local: object, more: object = {}) => ({
		sync_pairs: [
			{
				name: 'pair',
				local: { ...end, database: 'one', node_id: 'here', ...local },
				cloud: { ...end, database: 'two' },
				tables: 'all',
				...more,
			},
		],
	});

	it.each([
		[hostileWord],
		['status', hostileWord],
		['sync', '--direction', hostileWord],
		['status', `--${hostileWord}`],
		['resolve', 'pair', hostileWord, '--keep', hostileWord],
		['resolve', 'pair', hostileWord, '--keep', 'local'],
		['forget', 'pair', hostileWord],
		['history', hostileWord, hostileWord, hostileWord],
		['install', '--table', hostileWord],
		['demo', '--headless', '--seconds', hostileWord],
		['config', hostileWord],
	])('is harmless in a message: %j', async (...args) => {
		const { code, stderr } = await harmless(args, { config: site({}) });
		expect(code).toBeGreaterThan(1);
		expect(stderr).not.toBe('');
	});

	it.each([
		['a path', ['status', '--config', `/nowhere/${hostileWord}`], {}],
		['a place', ['config', 'path'], { env: { XDG_CONFIG_HOME: `/nowhere/${hostileWord}` } }],
		[
			'a place to read',
			['config', 'check'],
			{ env: { XDG_CONFIG_HOME: `/nowhere/${hostileWord}` } },
		],
		['a key', ['config', 'check'], { config: { [hostile]: 1, ...site({ [hostile]: 2 }) } }],
		['a host', ['status'], { config: site({ host: hostile.replaceAll(/[\s:/@]/g, '') }) }],
		[
			'hosts',
			['config', 'check'],
			{ config: site({ host: undefined, hosts: ['\u001b\u009b\u0007:1'] }) },
		],
		[
			'a socket',
			['status'],
			{ config: site({ socket: `/${hostileWord}`, host: undefined, port: undefined }) },
		],
		[
			'a user and a database',
			['config', 'check'],
			{ config: site({ user: hostile, database: hostileName('d') }) },
		],
		['a secret', ['config', 'check'], { config: site({ password: { env: hostile } }) }],
		[
			'a file',
			['config', 'check'],
			{ config: site({ password: { file: hostileWord }, ssl: { ca: hostileWord } }) },
		],
		[
			'tables',
			['config', 'check'],
			{ config: site({}, { tables: [table], exclude_tables: [keyless] }) },
		],
	] as [string, string[], ProgramOptions][])('is harmless as %s', async (_what, args, options) => {
		const { stdout, stderr } = await harmless(args, options);
		expect(stdout + stderr).toMatch(/[␛␦]/);
	});

	it('is harmless in a file that is no JSON, or no configuration', async () => {
		const wrong = site({}, { conflict: hostile, tables: [hostile] });
		expect((await harmless(['config', 'check'], { config: wrong })).code).toBe(2);
		const path = join(await temporaryFolder(), 'config.json');
		for (const text of [
			hostile,
			`{"${hostileWord}": 1}`,
			`{"a": 1, "a": 2, "\\u001b]52;c;aA==": 3, "\\u001b]52;c;aA==": 4}`,
		]) {
			await writeFile(path, text);
			expect((await harmless(['config', 'check'], { config: path })).code).toBe(2);
		}
	});

	it.each([
		[
			'a refusal',
			{ greeting: Buffer.concat([Buffer.from([0xff, 0x10, 0x04]), Buffer.from(hostile)]) },
		],
		['the name of a plugin', { script: () => [switchTo(hostileWord)] }],
		[
			'an error',
			{
				script: () => [
					Buffer.concat([Buffer.from([0xff, 0x15, 0x04]), Buffer.from(`#28000${hostile}`)]),
				],
			},
		],
	])('is harmless from a server: %s', async (_what, options) => {
		const rogue = await startRogueServer(options);
		const config = site({ port: rogue.port, password: 'secret' });
		for (const command of ['status', 'sync', 'conflicts']) {
			const { code, stderr } = await harmless([command], { config });
			expect(code).toBe(3);
			expect(stderr).toMatch(/local: .*␛/);
		}
		const { json } = await harmless(['status', '--json'], { config });
		expect(json<StatusDocument>().pairs[0]?.local.error).toContain('\u001b');
	});
});

describeOn(['mariadb', 'mysql'], 'what comes from databases', () => {
	it('steers no terminal and forges no line, in any command, and JSON gives it back exactly', async () => {
		const pair = await fullOfHarm();
		const commands: string[][] = [
			['status'],
			['install'],
			['sync'],
			['conflicts'],
			['errors'],
			['retry'],
			['history', 'pair', table, hostile.replaceAll('\u0000', '')],
			['history', 'pair', refusing, '1'],
			['sync', '--once'],
			['install', '--table', table],
			['config', 'check'],
		];
		for (const args of commands) {
			await harmless(args, { config: pair.configPath });
			if (!['retry', 'config'].includes(args[0] ?? '') && !args.includes('--once')) {
				await harmless([...args, '--json'], { config: pair.configPath });
			}
		}
		await expectExact(pair);
		const { stdout } = await harmless(['conflicts', '--open'], { config: pair.configPath });
		const id = /to resolve: mysql-sync-tui resolve pair (\S+)/.exec(stdout)?.[1] ?? '';
		await harmless(['resolve', 'pair', id, '--keep', 'local'], { config: pair.configPath });
		await harmless(['uninstall', '--drop-log'], { config: pair.configPath });
	}, 240_000);

	it('is harmless in the log of run, and as the engine that others see', async () => {
		const pair = await fullOfHarm();
		const engine = await startProgram(['run'], {
			config: pair.configPath,
			env: { SSH_CONNECTION: `${hostileWord.replaceAll(' ', '')} 1 2 3` },
		});
		await engine.waitForOutput(/skipped/, { stream: 'stderr' });
		await pair.local.connection.query(`INSERT INTO ${quoted(refusing)} VALUES (2, 'more')`);
		await engine.waitForOutput(/error pair local-to-cloud: .*2.*␛/, { stream: 'stderr' });
		const { stdout } = await harmless(['status'], { config: pair.configPath });
		expect(stdout).toMatch(/engine {2}.*␛\]52/);
		const sync = await harmless(['sync'], { config: pair.configPath });
		expect(sync.stdout + sync.stderr).toMatch(/␛\]52/);
		engine.signal('SIGTERM');
		await engine.exited;
		expect(harmIn(engine.stderr)).toBeNull();
		for (const line of engine.stderr.trimEnd().split('\n')) {
			expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z (?:info|warning|error) /);
		}
	});

	it('is harmless in every view of the screen', async () => {
		const pair = await fullOfHarm();
		const screen = openTerminal(process.execPath, [programPath, '--config', pair.configPath], {
			cols: 150,
			rows: 45,
		});
		try {
			await screen.waitForScreen('● idle');
			screen.press('\r');
			for (const view of ['1', '2', '3', '4', '5', '6']) {
				screen.press(view);
				await screen.waitForScreen((lines) => lines.some((line) => line.includes(`┤${view} `)));
				if (view !== '1') {
					await screen.waitForScreen(/[␛␦]/);
					screen.press('\r');
					await waitFor(() => harmOnScreen(screen.raw) === null, { what: 'nothing' });
					screen.press('\u001b');
				}
			}
			screen.press('q');
			expect(await screen.exited).toMatchObject({ code: 0 });
			expect(harmOnScreen(screen.raw)).toBeNull();
		} finally {
			screen.kill('SIGKILL');
			await screen.exited;
		}
	});
});

/** What is not of the screen's own making: its sequences set modes, colours and the cursor, and no more. */
function harmOnScreen(raw: string): string | null {
	expect(raw).not.toContain('\u001b[97;5m');
	return harmIn(raw.replaceAll(/\u001b\[\??[\d;]*[A-Za-z]|\r/g, ''));
}

/** A pair in which every name, key, value and message is hostile, with something of everything on record. */
async function fullOfHarm(): Promise<TestPair> {
	const pair = await testPair(
		{ local: 'mariadb', cloud: 'mysql' },
		{ schema, config: { interval: '200ms', refresh: '200ms' }, pair: { conflict: 'manual' } },
	);
	const { local, cloud } = pair;
	const message = hostile.replaceAll('\u0000', '').slice(0, 120);
	await cloud.connection.query(
		`CREATE TRIGGER refuse BEFORE INSERT ON ${quoted(refusing)} FOR EACH ROW
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = ?`.replace('?', cloud.connection.escape(message)),
	);
	await local.connection.query(`ALTER TABLE ${quoted(drifting)} ADD COLUMN ${quoted(column)} INT`);
	await pair.run('install');
	await local.connection.query(`INSERT INTO ${quoted(table)} VALUES (?, 'agreed')`, [hostile]);
	await pair.sync();
	await local.connection.query(`UPDATE ${quoted(table)} SET v = ?`, [`here ${hostile}`]);
	await cloud.connection.query(`UPDATE ${quoted(table)} SET v = ?`, [`there ${hostile}`]);
	await local.connection.query(`INSERT INTO ${quoted(refusing)} VALUES (1, ?)`, [hostile]);
	await pair.sync();
	return pair;
}

async function expectExact(pair: TestPair): Promise<void> {
	const status = await pair.run('status', '--json');
	const [{ tables } = { tables: [] }] = status.json<StatusDocument>().pairs;
	expect(tables.map(({ name }) => name).sort()).toEqual(
		[table, refusing, keyless, drifting].sort(),
	);
	expect(tables.find(({ name }) => name === table)?.primary_key).toEqual([column]);
	const { json } = await pair.run('conflicts', '--json');
	const [conflicts] = json<{ pairs: { conflicts: ConflictRecord[] }[] }>().pairs;
	expect(conflicts?.conflicts[0]).toMatchObject({
		table,
		local: { [column]: hostile, v: `here ${hostile}` },
		cloud: { [column]: hostile, v: `there ${hostile}` },
	});
	const errors = await pair.run('errors', '--json');
	const [parked] = errors.json<{ pairs: { errors: ParkedChange[] }[] }>().pairs;
	expect(parked?.errors[0]).toMatchObject({
		table: refusing,
		message: expect.stringContaining('\u009b'),
	});
}

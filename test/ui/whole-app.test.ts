import { expect, it, onTestFinished } from 'vitest';
import { type TestPair, testPair } from '../support/pair.ts';
import { cleanEnvironment, programPath } from '../support/program.ts';
import { openTerminal, type PtyTerminal } from '../support/pty.ts';
import { describeOn } from '../support/suites.ts';
import { waitFor } from '../support/wait.ts';

const schema = [
	'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))',
	'CREATE TABLE loose (words VARCHAR(20))',
];

/** The program's screen on a pair whose next scheduled run is an hour away. */
async function opened(size: { cols: number; rows: number }): Promise<[TestPair, PtyTerminal]> {
	const pair = await testPair(
		{ local: 'mariadb', cloud: 'mysql' },
		{ schema, config: { interval: '1h', refresh: '200ms' } },
	);
	const terminal = openTerminal(process.execPath, [programPath, '--config', pair.configPath], {
		...size,
		env: { ...cleanEnvironment('/nonexistent'), NO_COLOR: '' },
	});
	onTestFinished(async () => {
		if (await stillRuns(terminal)) terminal.press('q');
		await terminal.exited;
	});
	await terminal.waitForScreen('idle');
	return [pair, terminal];
}

async function stillRuns(terminal: PtyTerminal): Promise<boolean> {
	return Promise.race([terminal.exited.then(() => false), Promise.resolve(true)]);
}

async function namesIn({ connection }: TestPair['cloud']): Promise<string[]> {
	const [rows] = await connection.query('SELECT name FROM item ORDER BY id');
	return (rows as { name: string }[]).map(({ name }) => name);
}

describeOn(['mariadb', 'mysql'], 'the whole program in a terminal', () => {
	it.each([
		{ cols: 80, rows: 24 },
		{ cols: 200, rows: 50 },
	])(
		'shows pending changes as they come, and f moves them both ways ($cols x $rows)',
		async (size) => {
			const [pair, terminal] = await opened(size);
			await terminal.waitForScreen(/MariaDB \d+/);
			await terminal.waitForScreen(/MySQL \d+/);
			await pair.local.connection.query("INSERT INTO item VALUES (1, 'from local')");
			await pair.cloud.connection.query("INSERT INTO item VALUES (2, 'from cloud')");
			terminal.press('\r');
			await terminal.waitForScreen(/INSERT\s+item\s+id=1/);
			await terminal.waitForScreen(/INSERT\s+item\s+id=2/);
			expect(await namesIn(pair.cloud)).toEqual(['from cloud']);

			terminal.press('f');

			await waitFor(async () => (await namesIn(pair.cloud)).length === 2, {
				what: 'the change to arrive in the cloud',
			});
			await terminal.waitForScreen((lines) => !lines.some((line) => /INSERT\s+item/.test(line)));
			expect(await namesIn(pair.local)).toEqual(['from local', 'from cloud']);
		},
	);

	it('moves one direction alone with > and <', async () => {
		const [pair, terminal] = await opened({ cols: 80, rows: 24 });
		await pair.local.connection.query("INSERT INTO item VALUES (1, 'from local')");
		await pair.cloud.connection.query("INSERT INTO item VALUES (2, 'from cloud')");
		terminal.press('>');
		await waitFor(async () => (await namesIn(pair.cloud)).length === 2, {
			what: 'the change to arrive in the cloud',
		});
		expect(await namesIn(pair.local)).toEqual(['from local']);
		await waitFor(
			async () => {
				// Not taken before the first run has ended.
				terminal.press('<');
				return (await namesIn(pair.local)).length === 2;
			},
			{ what: 'the change to arrive locally' },
		);
	});

	it('shows trigger states as they are, also when somebody else drops one, and i puts it back', async () => {
		const [pair, terminal] = await opened({ cols: 80, rows: 24 });
		terminal.press('\r');
		terminal.press('3');
		await terminal.waitForScreen(/item .*installed.*installed/);
		await terminal.waitForScreen(/loose .*no primary key/);
		const { connection } = pair.cloud;
		const [rows] = await connection.query(
			`SELECT trigger_name AS name FROM information_schema.triggers
			WHERE event_object_schema = DATABASE() AND event_manipulation = 'DELETE'`,
		);
		const [trigger] = rows as { name: string }[];
		await connection.query(`DROP TRIGGER ${trigger?.name}`);
		await terminal.waitForScreen(/item .*installed.*missing/);

		terminal.press('i');

		await terminal.waitForScreen(/item .*installed.*installed/);
	});

	it('asks before it uninstalls, and does so on y alone', async () => {
		const [, terminal] = await opened({ cols: 80, rows: 24 });
		terminal.press('\r');
		terminal.press('3');
		await terminal.waitForScreen(/item .*installed.*installed/);
		terminal.press('u');
		await terminal.waitForScreen('Uninstall the triggers of table item');
		terminal.press('\r');
		await terminal.waitForScreen(/item .*installed.*installed/);
		terminal.press('u');
		await terminal.waitForScreen('Uninstall the triggers of table item');
		terminal.press('y');
		await terminal.waitForScreen(/item .*missing.*missing/);
	});

	it('pauses and resumes with p, lists its keys with ?, and leaves the terminal as it was with q', async () => {
		const [pair, terminal] = await opened({ cols: 80, rows: 24 });
		terminal.press('p');
		await terminal.waitForScreen('paused');
		await pair.local.connection.query("INSERT INTO item VALUES (1, 'waits')");
		terminal.press('p');
		await waitFor(async () => (await namesIn(pair.cloud)).length === 1, {
			what: `the run: ${terminal.screen().join('\n')}`,
		});
		terminal.press('?');
		await terminal.waitForScreen('pause or resume');
		terminal.press('\u001b');
		await terminal.waitForScreen(
			(lines) => !lines.some((line) => line.includes('pause or resume')),
		);
		terminal.press('q');
		expect(await terminal.exited).toMatchObject({ code: 0 });
		expect(terminal.raw).toContain('\u001b[?1049h');
		expect(terminal.raw.lastIndexOf('\u001b[?1049l')).toBeGreaterThan(
			terminal.raw.lastIndexOf('\u001b[?1049h'),
		);
	});
});

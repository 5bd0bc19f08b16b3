import { hostname } from 'node:os';
import { expect, it, onTestFinished } from 'vitest';
import { testPair } from '../support/pair.ts';
import { isRunning } from '../support/processes.ts';
import { programPath, startProgram } from '../support/program.ts';
import { openTerminal, type PtyTerminal } from '../support/pty.ts';
import { describeOn } from '../support/suites.ts';
import { waitFor } from '../support/wait.ts';

const schema = ['CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))'];

/** A terminal with something in it that is killed at the end of the test. */
function terminal(command: string, args: string[], env: NodeJS.ProcessEnv = {}): PtyTerminal {
	const opened = openTerminal(command, args, { cols: 120, rows: 24, env });
	onTestFinished(async () => {
		opened.kill('SIGKILL');
		await opened.exited;
	});
	return opened;
}

describeOn(['mariadb', 'mysql'], 'the screen on real servers', () => {
	it("shows who holds a pair and where, takes it over when that engine stops, and ends with q's code", async () => {
		const pair = await testPair(
			{ local: 'mariadb', cloud: 'mysql' },
			{ schema, config: { interval: '200ms' } },
		);
		const holder = await startProgram(['run'], { config: pair.configPath });
		await holder.waitForOutput('triggers installed on item', { stream: 'stderr' });
		const screen = terminal(process.execPath, [programPath, '--config', pair.configPath]);
		await screen.waitForScreen('○ standby');
		screen.press('\r');
		await screen.waitForScreen(
			new RegExp(`engine +\\S.* on ${hostname()}, process ${holder.pid}, active for \\d+s`),
		);
		holder.signal('SIGTERM');
		expect(await holder.exited).toMatchObject({ code: 0 });
		await screen.waitForScreen(/engine +this process/);
		screen.press('q');
		expect(await screen.exited).toMatchObject({ code: 0 });
	});

	it('ends with the code of the signal that ended it', async () => {
		const pair = await testPair({ local: 'mariadb', cloud: 'mysql' }, { schema });
		for (const [signal, code] of [
			['SIGTERM', 143],
			['SIGHUP', 129],
			['SIGINT', 130],
		] as const) {
			const screen = terminal(process.execPath, [programPath, '--config', pair.configPath]);
			await screen.waitForScreen('● idle');
			screen.kill(signal);
			expect(await screen.exited).toMatchObject({ code });
			expect(screen.onAlternateScreen).toBe(false);
		}
	});

	it('gives the terminal back and says so where the engine has a fault', async () => {
		const pair = await testPair({ local: 'mariadb', cloud: 'mysql' }, { schema });
		const preload = new URL('../support/threads/fails-in-the-engine.mjs', import.meta.url);
		const screen = terminal(process.execPath, [programPath, '--config', pair.configPath], {
			NODE_OPTIONS: `--import=${preload}`,
		});
		await screen.waitForScreen('● idle');
		screen.press('\r');
		expect(await screen.exited).toMatchObject({ code: 1 });
		expect(screen.onAlternateScreen).toBe(false);
		expect(screen.cursorVisible).toBe(true);
		const left = screen.screen().filter((line) => line !== '');
		expect(left[0]).toBe('mysql-sync-tui: the engine failed: undefined is not a pair');
		expect(left).toHaveLength(2);
	});

	it('leaves nothing running when the shell around it is killed', async () => {
		const pair = await testPair({ local: 'mariadb', cloud: 'mysql' }, { schema });
		const script = '"$0" "$1" --config "$2"; true';
		const shell = terminal('bash', ['-c', script, process.execPath, programPath, pair.configPath]);
		await shell.waitForScreen('● idle');
		shell.press('\r');
		await shell.waitForScreen(/engine +this process, pid \d+, /);
		const pid = Number(
			shell
				.screen()
				.join()
				.match(/pid (\d+), /)?.[1],
		);
		expect(await isRunning(pid)).toBe(true);
		shell.kill('SIGKILL');
		await shell.exited;
		await waitFor(async () => !(await isRunning(pid)), {
			what: 'the program to end',
			timeout: 15_000,
		});
	});
});

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { fakeScreenProgram } from '../support/fake-screen-program.ts';
import { openTerminal, type PtyTerminal, type TerminalOptions } from '../support/pty.ts';
import { atSuiteEnd } from '../support/suites.ts';

let terminal: PtyTerminal | undefined;

const atEnd = atSuiteEnd();
let fakeScreen: string;
beforeAll(async () => {
	fakeScreen = await fakeScreenProgram(atEnd);
});

afterEach(async () => {
	terminal?.kill('SIGKILL');
	await terminal?.exited;
});

function openFakeScreen(args: string[], options: TerminalOptions = {}): PtyTerminal {
	terminal = openTerminal(process.execPath, [fakeScreen, ...args], options);
	return terminal;
}

/** What the terminal must be like once the screen is gone. */
function expectRestored(screen: PtyTerminal): void {
	expect(screen.onAlternateScreen).toBe(false);
	expect(screen.cursorVisible).toBe(true);
	for (const [on, off] of [
		['\u001b[?7h', '\u001b[?7l'],
		['\u001b[?2004l', '\u001b[?2004h'],
	] as const) {
		expect(screen.raw.lastIndexOf(on)).toBeGreaterThan(screen.raw.lastIndexOf(off));
	}
}

test('opens on the alternate screen without a cursor and shows the pairs', async () => {
	const screen = openFakeScreen(['everything']);
	// The last line: what is drawn can arrive in pieces.
	const lines = await screen.waitForScreen(/\? help {2}q quit$/m);
	expect(screen.onAlternateScreen).toBe(true);
	expect(screen.cursorVisible).toBe(false);
	expect(lines[0]).toMatch(/^ mysql-sync-tui 0\.1\.0 · site-a +6 pairs/);
	expect(lines[2]).toMatch(/^ ❯ ! shop +▶ running/);
});

test.each([
	['q', '', 'q', 'ended by quit, finished true'],
	['Ctrl-C', '', '\u0003', 'ended by interrupt, finished true'],
	['SIGTERM', 'SIGTERM', 'p', 'ended by SIGTERM, finished false'],
	['SIGHUP', 'SIGHUP', 'p', 'ended by SIGHUP, finished false'],
	['SIGINT', 'SIGINT', 'p', 'ended by SIGINT, finished false'],
	['an exception nobody caught', 'throw', 'p', 'nobody catches this'],
	['an exception while drawing', 'draw', 'p', 'TypeError'],
])('%s leaves the terminal as it was', async (_name, manner, key, ending) => {
	const script = `before=$(stty -g)
		"$0" "$1" one ${manner}
		[ "$before" = "$(stty -g)" ] && echo the same modes`;
	terminal = openTerminal('bash', ['-c', script, process.execPath, fakeScreen]);
	await terminal.waitForScreen('❯ shop');
	terminal.press(key);
	await terminal.exited;
	expectRestored(terminal);
	const left = terminal.screen().join('\n');
	expect(left).toContain(ending);
	expect(left).toContain('the same modes');
});

test('what other code prints meanwhile is kept off the screen and printed after it', async () => {
	const screen = openFakeScreen(['one', 'print']);
	await screen.waitForScreen('❯ shop');
	screen.press('p');
	await screen.waitForScreen('shop: paused');
	expect(screen.screen().join('\n')).not.toContain('a warning of some library');
	screen.press('q');
	await screen.exited;
	expect(screen.screen().join('\n')).toContain('a warning of some library');
});

test('while the engine finishes its batch the screen says so, and a second q leaves at once', async () => {
	const screen = openFakeScreen(['one', 'slow-quit']);
	await screen.waitForScreen('shop');
	screen.press('q');
	await screen.waitForScreen('finishing the current batch…');
	screen.press('q');
	await screen.exited;
	expectRestored(screen);
	expect(screen.screen().join('\n')).toContain('ended by quit, finished false');
});

test('keys open a pair, change its view, scroll, and lead back', async () => {
	const screen = openFakeScreen(['long-log']);
	await screen.waitForScreen('❯ ! shop');
	screen.press('\r');
	await screen.waitForScreen('┤1 Overview├');
	screen.press('\t');
	await screen.waitForScreen('┤2 Changes├');
	screen.press('G');
	await screen.waitForScreen(/99,994–100,000 of ~?100,000/);
	screen.press('k');
	await screen.waitForScreen(/❯ UPDATE +customers +id=99999/);
	screen.press('\t');
	await screen.waitForScreen('┤3 Tables├');
	screen.press('jj');
	await screen.waitForScreen('❯ order_items');
	screen.press('\u001b[A');
	await screen.waitForScreen('❯ orders');
	screen.press('\u001b');
	await screen.waitForScreen('❯ ! shop');
});

test('y sends the text to the clipboard of the terminal, past what is drawn', async () => {
	const screen = openFakeScreen(['everything']);
	await screen.waitForScreen('❯ ! shop');
	screen.press('y');
	await screen.waitForScreen("sent the name to the terminal's clipboard: shop");
	const base64 = Buffer.from('shop').toString('base64');
	expect(screen.raw).toContain(`\u001b]52;c;${base64}\u0007`);
});

test('typed ahead on a slow line, each key counts', async () => {
	const screen = openFakeScreen(['everything']);
	await screen.waitForScreen('❯ ! shop');
	screen.press('jj\rk3');
	await screen.waitForScreen('mysql-sync-tui › archive');
	await screen.waitForScreen('┤3 Tables├');
});

test('an idle screen sends next to nothing and never clears', async () => {
	const screen = openFakeScreen(['countdown']);
	const shown = () => Number(/in (\d+)s/.exec(screen.screen().join('\n'))?.[1] ?? Number.NaN);
	await screen.waitForScreen(() => shown() > 0);
	// All of the first frame has arrived a second later.
	const first = shown() - 1;
	await screen.waitForScreen(() => shown() <= first);
	const from = shown();
	const before = screen.raw.length;
	await screen.waitForScreen(() => shown() <= from - 5);
	const sent = screen.raw.slice(before);
	expect(sent).not.toContain('\u001b[2J');
	expect(sent.length / (from - shown())).toBeLessThan(100);
});

test('with counters running only what changed is sent', async () => {
	const screen = openFakeScreen(['at-work']);
	const batch = () =>
		Number(/batch (\d+) applied/.exec(screen.screen().join('\n'))?.[1] ?? Number.NaN);
	await screen.waitForScreen(() => batch() >= 0);
	const first = batch();
	const before = screen.raw.length;
	await screen.waitForScreen(() => batch() >= first + 3);
	const sent = screen.raw.slice(before);
	expect(sent).not.toContain('\u001b[2J');
	const seconds = 1.5 * (batch() - first);
	expect(sent.length / seconds).toBeLessThan(3000);
});

test('a locale without UTF-8 gets ASCII alone', async () => {
	const screen = openFakeScreen(['one'], { env: { LANG: 'C', LC_ALL: 'C' } });
	const lines = await screen.waitForScreen(/q quit$/m);
	expect(lines.join('\n')).toContain('> shop');
	expect(lines.join('\n')).toMatch(/^[\x20-\x7e\n]*$/);
});

test('a terminal that goes away ends the screen like SIGHUP', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'screen-'));
	try {
		const result = join(folder, 'result');
		const screen = openFakeScreen(['at-work'], { env: { RESULT_FILE: result } });
		await screen.waitForScreen('❯ ! shop');
		screen.hangUp();
		await vi.waitFor(
			async () => expect(await readFile(result, 'utf8')).toBe('ended by SIGHUP, finished false'),
			{ timeout: 10_000 },
		);
	} finally {
		await rm(folder, { recursive: true });
	}
});

test('Ctrl-Z gives the shell its terminal back, and fg brings the screen back', async () => {
	terminal = openTerminal('bash', ['--norc', '-i'], {
		env: { PS1: 'shell> ', SCREEN: fakeScreen },
	});
	await terminal.waitForScreen('shell>');
	terminal.press('node "$SCREEN" one\r');
	await terminal.waitForScreen('❯ shop');
	terminal.press('\u001a');
	await terminal.waitForScreen('Stopped');
	expect(terminal.onAlternateScreen).toBe(false);
	expect(terminal.cursorVisible).toBe(true);
	terminal.press('echo back in the $((40 + 2))\r');
	await terminal.waitForScreen('back in the 42');
	terminal.press('fg\r');
	await terminal.waitForScreen('❯ shop');
	expect(terminal.onAlternateScreen).toBe(true);
	terminal.press('q');
	await terminal.waitForScreen('ended by quit');
	expect(terminal.onAlternateScreen).toBe(false);
});

test('where there is no shell to go back to, Ctrl-Z changes nothing', async () => {
	const screen = openFakeScreen(['one']);
	await screen.waitForScreen('❯ shop');
	screen.press('\u001a');
	screen.press('?');
	await screen.waitForScreen('keys in the pairs view');
	expect(screen.onAlternateScreen).toBe(true);
	screen.press('q');
	await screen.exited;
	expectRestored(screen);
});

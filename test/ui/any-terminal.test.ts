import { afterEach, beforeAll, expect, test } from 'vitest';
import { fakeScreenProgram } from '../support/fake-screen-program.ts';
import { openTerminal, type PtyTerminal, type TerminalOptions } from '../support/pty.ts';
import { atSuiteEnd } from '../support/suites.ts';

const opened: PtyTerminal[] = [];

const atEnd = atSuiteEnd();
let fakeScreen: string;
beforeAll(async () => {
	fakeScreen = await fakeScreenProgram(atEnd);
});

afterEach(async () => {
	for (const terminal of opened.splice(0)) {
		terminal.kill('SIGKILL');
		await terminal.exited;
	}
});

async function openFakeScreen(scene: string, options: TerminalOptions = {}): Promise<PtyTerminal> {
	const terminal = openTerminal(process.execPath, [fakeScreen, scene], options);
	opened.push(terminal);
	await terminal.waitForScreen(/q quit$/m);
	return terminal;
}

/** The columns that contain a sign, each once. */
function columnsOf(terminal: PtyTerminal, sign: string, rows?: RegExp): number[] {
	const found = terminal.cells().flatMap((row) => {
		const text = row.map((cell) => cell.text).join('');
		return rows && !rows.test(text) ? [] : row.filter((cell) => cell.text === sign);
	});
	return [...new Set(found.map(({ column }) => column))];
}

test('a resize leaves no ghosts: the screen is that of a fresh start at its size', async () => {
	const resized = await openFakeScreen('odd', { cols: 200, rows: 50 });
	resized.press('\r3');
	await resized.waitForScreen('┤3 Tables├');
	const fresh = await openFakeScreen('odd');
	fresh.press('\r3');
	// The last line of the frame: what comes before it has arrived too.
	const wanted = await fresh.waitForScreen('Enter changes');
	resized.resize(80, 24);
	await resized.waitForScreen((lines) => lines.join() === wanted.join());
	resized.resize(60, 15);
	const small = await resized.waitForScreen(
		(lines) =>
			lines[0]?.startsWith(' mysql-sync-tui') === true && /q quit$/.test(lines.at(-1) ?? ''),
	);
	expect(small.join('\n').match(/❯/g)).toHaveLength(1);
	resized.resize(59, 14);
	await resized.waitForScreen(
		(lines) => lines.filter(Boolean).length === 4 && lines.join().includes('Needed: 60x15'),
	);
	resized.resize(80, 24);
	await resized.waitForScreen((lines) => lines.join() === wanted.join());
});

test('whatever is in names, keys and values, columns stay straight and the terminal is not steered', async () => {
	const screen = await openFakeScreen('odd', { cols: 100, rows: 30 });
	const before = screen.raw.length;
	screen.press('\r3');
	await screen.waitForScreen('┤3 Tables├');
	await screen.waitForScreen('clip␛]52');
	expect(columnsOf(screen, '✓', /installed/)).toHaveLength(2);
	screen.press('2');
	await screen.waitForScreen(/107|k=clip/);
	expect(columnsOf(screen, '?', /UPDATE/)).toHaveLength(1);
	screen.press('\r');
	await screen.waitForScreen('8 of 8 columns differ');
	expect(columnsOf(screen, '|', /≠/)).toHaveLength(1);
	const sent = screen.raw.slice(before);
	expect(sent).not.toMatch(/\u001b\]|\u0007|\t|\u202e/);
});

test.each(['linux', 'dumb'])('TERM=%s gets signs of ASCII alone', async (TERM) => {
	const screen = await openFakeScreen('one', { env: { TERM } });
	const lines = screen.screen().join('\n');
	expect(lines).toContain('> shop');
	expect(lines).toMatch(/^[\x20-\x7e\n]*$/);
});

test('with NO_COLOR no colour is sent: what matters is bold, and the cursor inverse', async () => {
	const screen = await openFakeScreen('everything', { env: { NO_COLOR: '1' } });
	const cells = screen.cells();
	expect(cells.flat().every(({ colour, background }) => (colour ?? background) === null)).toBe(
		true,
	);
	expect(screen.raw).not.toMatch(/\u001b\[[\d;]*\b(3\d|4\d|9\d)[\d;]*m/);
	expect(screen.screen().join('\n')).toContain('✗ offline');
	expect(cells[0]?.some(({ bold }) => bold)).toBe(true);
	expect(cells[2]?.every(({ inverse }) => inverse)).toBe(true);
});

import { afterEach, expect, onTestFinished, test } from 'vitest';
import { announcements, readAnew, spokenLine } from '../../../source/ui/app/screen-reader.ts';
import { createScreenStore, type ScreenState } from '../../../source/ui/state/state.ts';
import { FakeEngine, pair } from '../../support/fake-engine.ts';
import { fakeScreenProgram } from '../../support/fake-screen-program.ts';
import { openTerminal, type PtyTerminal } from '../../support/pty.ts';

let terminal: PtyTerminal | undefined;

afterEach(async () => {
	terminal?.kill('SIGKILL');
	await terminal?.exited;
});

function stateOf(...pairs: ReturnType<typeof pair>[]): ScreenState {
	const snapshot = new FakeEngine(pairs).snapshot();
	return createScreenStore({
		snapshot,
		size: { columns: 118, rows: 40 },
		setupPath: null,
	}).getState();
}

test.each([
	[' ❯ shop       ● idle     0.4 ms   ✗ down', 'selected: shop, idle, 0.4 ms, problem down'],
	[' ┤1 Overview├ 2 Changes  ─────', 'open: 1 Overview, 2 Changes'],
	[' → local to cloud   ~1,204 pending', 'local to cloud, about 1,204 pending'],
	['   moved   ▁▂?▃█  top 12', 'moved, top 12'],
	['   log  ?   ≠ name   Ada   Eve', 'log, unknown, differs name, Ada, Eve'],
	[' ────────────────', ''],
	[' Esc back  ? help  q quit', 'Esc back, ? help, q quit'],
])('"%s" is spoken in words', (line, words) => {
	expect(spokenLine(line)).toBe(words);
});

test('another view is read whole, a moved cursor in part, and running counters not at all', () => {
	const before = stateOf(pair('shop'));
	expect(readAnew({ ...before, pair: 'shop' }, before)).toBe('whole');
	expect(readAnew({ ...before, tops: { help: 1 } }, before)).toBe('changes');
	expect(readAnew({ ...before, snapshot: stateOf(pair('shop')).snapshot }, before)).toBeNull();
});

test('a lost end and a new conflict are announced, a batch is not', () => {
	const before = stateOf(pair('shop', { state: 'idle' }));
	const after = (values: Parameters<typeof pair>[1]) => stateOf(pair('shop', values));
	expect(announcements(after({ state: 'running' }), before)).toEqual([]);
	expect(announcements(after({ state: 'offline', conflicts: 2 }), before)).toEqual([
		'shop: offline',
		'shop: unresolved conflicts, 2',
	]);
});

test('with INK_SCREEN_READER the screen is lines one under the other, each read once', async () => {
	terminal = openTerminal(process.execPath, [await fakeScreenProgram(onTestFinished), 'at-work'], {
		rows: 100,
		cols: 120,
		env: { INK_SCREEN_READER: 'true' },
	});
	const said = (text: string) => terminal?.raw.split(text).length;
	await terminal.waitForScreen(/q quit$/m);
	expect(terminal.onAlternateScreen).toBe(false);
	expect(terminal.screen().join('\n')).not.toMatch(/[─│❯●✓✗→←]/);
	terminal.press('j');
	await terminal.waitForScreen('selected: warehouse-north');
	terminal.press('p');
	await terminal.waitForScreen('warehouse-north: paused');
	expect(said('selected: warning shop')).toBe(2);
	expect(said('q quit')).toBe(2);
	expect(terminal.raw.replaceAll('\u001b[?2004h', '')).not.toContain('\u001b');
	terminal.press('q');
	await terminal.waitForScreen('ended by quit');
	expect(terminal.raw).toMatch(/\u001b\[\?2004l/);
});

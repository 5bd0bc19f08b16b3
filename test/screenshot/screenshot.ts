/**
 * Makes the readme's picture from the demo as it runs: `npm run screenshot`. Another file or
 * palette can be named: `npm run screenshot -- FILE light`.
 */

import { writeFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import { openTerminal, type ScreenCell } from '../support/pty.ts';
import { palettes, screenSvg } from './svg.ts';

const columns = 104;
const rows = 30;
const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const [file = beside('screenshot.svg'), palette = 'dark'] = process.argv.slice(2);

/** Who made the picture on which machine is nobody's business: as many cells of other words. */
function withoutPerson(row: ScreenCell[]): ScreenCell[] {
	const text = row.map((cell) => cell.text).join('');
	const person = `${userInfo().username} on ${hostname()}`;
	const at = text.indexOf(person);
	if (at < 0) return row;
	const shorter = 'ops on site-a';
	const shift = person.length - shorter.length;
	return row.map((cell, index) => {
		if (index < at) return cell;
		const word = shorter[index - at];
		if (word !== undefined) return { ...cell, text: word };
		return { ...(row[index + shift] ?? { ...cell, text: ' ' }), column: cell.column };
	});
}

const terminal = openTerminal(process.execPath, [beside('../../dist/cli.js'), 'demo'], {
	cols: columns,
	rows,
	cwd: beside('.'),
	env: { NO_COLOR: '', TZ: 'UTC' },
	timeout: 120_000,
});
await terminal.waitForScreen('❯ demo', 60_000);
terminal.press('\r');
// A minute of history in both directions, in a moment when changes are pending.
await terminal.waitForScreen((lines) => {
	const text = lines.join('\n');
	const bars = text.match(/moved +[▁-█]{10,}/g) ?? [];
	return bars.length === 2 && (text.match(/\d\d pending +oldest [2-9]s/g) ?? []).length === 2;
}, 90_000);
const svg = screenSvg(terminal.cells().map(withoutPerson), {
	columns,
	title: 'npm run demo',
	palette: palette === 'light' ? palettes.light : palettes.dark,
});
terminal.press('q');
await terminal.exited;
await writeFile(file, svg);

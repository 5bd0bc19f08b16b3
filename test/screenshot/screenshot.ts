/**
 * Makes the readme's picture from the demo as it runs: `npm run screenshot`. Another file or
 * palette can be named: `npm run screenshot -- FILE light`.
 */

import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openTerminal } from '../support/pty.ts';
import { palettes, screenSvg } from './svg.ts';

const columns = 104;
const rows = 30;
const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const [file = beside('screenshot.svg'), palette = 'dark'] = process.argv.slice(2);

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
const svg = screenSvg(terminal.cells(), {
	columns,
	title: 'npm run demo',
	palette: palette === 'light' ? palettes.light : palettes.dark,
});
terminal.press('q');
await terminal.exited;
await writeFile(file, svg);

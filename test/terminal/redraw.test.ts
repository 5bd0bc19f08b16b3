import headless from '@xterm/headless';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redraw, redrawLine } from '../../source/terminal/redraw.ts';
import { type Colour, painter } from '../../source/terminal/style.ts';

const cols = 24;
const rows = 4;
const paint = painter(true);

function write(terminal: InstanceType<typeof headless.Terminal>, data: string): Promise<void> {
	return new Promise((resolve) => terminal.write(data, resolve));
}

/** What each cell holds and how it looks; blanks at the ends of lines left out. */
function cells(terminal: InstanceType<typeof headless.Terminal>): string[] {
	return Array.from({ length: rows }, (_, row) => {
		const line = terminal.buffer.active.getLine(row);
		const all = Array.from({ length: cols }, (_, column) => {
			const cell = line?.getCell(column);
			const looks = [cell?.getFgColor(), cell?.getBgColor(), cell?.isBold(), cell?.isInverse()];
			return `${cell?.getChars() || ' '}${looks.join(',')}`;
		});
		return all.join('|').replace(/(\| -1,-1,0,0)+$/, '');
	});
}

async function shows(frames: string[][]): Promise<string[]> {
	const terminal = new headless.Terminal({ cols, rows, allowProposedApi: true });
	await write(terminal, '\u001b[?7l');
	let before: string[] = [];
	for (const frame of frames) {
		await write(terminal, redraw(before, frame, rows));
		before = frame;
	}
	return cells(terminal);
}

const colour = fc.constantFrom<Colour>('red', 'green', 'brightBlue');
const text = fc.oneof(
	fc.stringMatching(/^[ a-c]{0,14}$/),
	fc.constantFrom('客户', 'e\u0301te', '✓ ok', '│', ' ', '1,204'),
);
const part = fc
	.record({ text, colour, bold: fc.boolean(), painted: fc.boolean(), bar: fc.boolean() })
	.map(({ text, colour, bold, painted, bar }) => {
		if (!painted) return text;
		return paint(text, bar ? { background: 'blue', bold } : { colour, bold });
	});
const lines = fc
	.array(part, { maxLength: 3 })
	// Whole parts only: a line never exceeds the terminal.
	.map((parts) => parts.filter((_, index) => index === 0 || parts.length < 2).join(''));
const frames = fc.array(fc.array(lines, { minLength: rows, maxLength: rows }), {
	minLength: 2,
	maxLength: 5,
});

test('after any frames the terminal shows what drawing the last one alone shows', async () => {
	await fc.assert(
		fc.asyncProperty(frames, async (all) => {
			expect(await shows(all)).toEqual(await shows(all.slice(-1)));
		}),
		{ numRuns: 200 },
	);
});

test('nothing is sent for what stays the same', () => {
	expect(redraw(['one', 'two'], ['one', 'two'], 2)).toBe('');
	expect(redrawLine(1, 'a', 'a  ')).toBe('');
});

test('one digit costs one cursor movement and the digit', () => {
	const before = 'pending     1,204  oldest 3s';
	expect(redrawLine(7, before, 'pending     1,205  oldest 3s')).toBe('\u001b[7;17H5');
});

test('changes far apart on a line are sent apart, near ones together', () => {
	expect(redrawLine(1, 'a          b', 'c          d')).toBe('\u001b[1;1Hc\u001b[12Gd');
	expect(redrawLine(1, 'a b', 'c d')).toBe('\u001b[1;1Hc d');
});

test('a line that grew shorter is erased to its end', () => {
	expect(redrawLine(2, 'paused now', 'paused')).toBe('\u001b[2;8H\u001b[K');
});

test('a change of colour alone is sent', () => {
	expect(redrawLine(1, 'x', paint('x', { colour: 'red' }))).toBe(
		'\u001b[1;1H\u001b[0;31mx\u001b[m',
	);
});

test('after a sign whose width terminals may see differently the column is set', () => {
	expect(redrawLine(3, '', '客 x')).toBe('\u001b[3;1H\u001b[2K客\u001b[3G x');
	expect(redrawLine(3, '客 x', '客 x')).toBe('');
});

test('rows beyond the height are left out', () => {
	expect(redraw([], ['one', 'two'], 1)).not.toContain('two');
});

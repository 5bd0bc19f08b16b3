import { expect, test } from 'vitest';
import { painter, wantsColour, wantsUnicode } from '../../source/terminal/style.ts';

test('a look is opened and closed around the text', () => {
	const paint = painter(true);
	expect(paint('x', { colour: 'red', bold: true })).toBe(
		'\u001b[1m\u001b[31mx\u001b[39m\u001b[22m',
	);
	expect(paint('x', {})).toBe('x');
	expect(paint('', { bold: true })).toBe('');
});

test('without colours a background shows as inverse', () => {
	const paint = painter(false);
	expect(paint('x', { colour: 'red' })).toBe('x');
	expect(paint('x', { background: 'blue', colour: 'white' })).toBe('\u001b[7mx\u001b[27m');
});

test('NO_COLOR counts when it is not empty', () => {
	expect(wantsColour({ TERM: 'xterm' })).toBe(true);
	expect(wantsColour({ TERM: 'xterm', NO_COLOR: '' })).toBe(true);
	expect(wantsColour({ TERM: 'xterm', NO_COLOR: '1' })).toBe(false);
	expect(wantsColour({ TERM: 'dumb' })).toBe(false);
	expect(wantsColour({ TERM: 'xterm', FORCE_COLOR: '0' })).toBe(false);
});

test('the locale decides on signs beyond ASCII, and the console cannot show them', () => {
	expect(wantsUnicode({ LANG: 'de_DE.UTF-8' })).toBe(true);
	expect(wantsUnicode({ LANG: 'de_DE.UTF-8', LC_ALL: 'C' })).toBe(false);
	expect(wantsUnicode({})).toBe(true);
	expect(wantsUnicode({ LANG: 'C.utf8', TERM: 'linux' })).toBe(false);
});

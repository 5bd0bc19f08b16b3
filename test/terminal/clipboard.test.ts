import { expect, test } from 'vitest';
import { clipboardText } from '../../source/terminal/clipboard.ts';

const evil = 'id=\u001b]0;x\u0007 客户\r\n';
const base64 = Buffer.from(evil).toString('base64');

test('a text is sent exactly as it is, in base64 so that nothing in it steers the terminal', () => {
	const { sequence, words } = clipboardText(evil, { TERM: 'xterm-256color' });
	expect(sequence).toBe(`\u001b]52;c;${base64}\u0007`);
	expect(words).toContain('does not confirm it');
});

test('in tmux it says what it depends on there', () => {
	const { sequence, words } = clipboardText(evil, { TERM: 'tmux-256color', TMUX: '/tmp/tmux' });
	expect(sequence).toBe(`\u001b]52;c;${base64}\u0007`);
	expect(words).toContain('set-clipboard on');
});

test('GNU screen gets it in pieces that it passes on', () => {
	const text = 'x'.repeat(3000);
	const { sequence } = clipboardText(text, { TERM: 'screen', STY: '1.pts' });
	const pieces = [...(sequence ?? '').matchAll(/\u001bP(.*?)\u001b\\/gs)].map(([, piece]) => piece);
	expect(Math.max(...pieces.map((piece) => piece?.length ?? 0))).toBeLessThanOrEqual(700);
	expect(pieces.join('')).toBe(`\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`);
	expect(pieces.join('').length + pieces.length * 4).toBe(sequence?.length);
});

test('what no terminal takes is not sent, and the reason is said', () => {
	const long = clipboardText('x'.repeat(80_000), { TERM: 'xterm' });
	expect(long.sequence).toBeNull();
	expect(long.words).toContain('80000 bytes');
	expect(clipboardText('x', { TERM: 'linux' })).toEqual({
		sequence: null,
		words: 'this terminal has no clipboard',
	});
});

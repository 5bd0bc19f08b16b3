import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visible } from '../source/visible.ts';

test('ordinary text of any script stays as it is', () => {
	for (const text of ['orders', 'Größe', '客户评论', 'заказы', '👨‍👩‍👧 ❤️', 'e\u0301']) {
		expect(visible(text)).toBe(text);
	}
});

test('escape sequences become visible and steer nothing', () => {
	expect(visible('a\u001b[31mred')).toBe('a␛[31mred');
	expect(visible('\u001b]52;c;aGFjaw==\u0007')).toBe('␛]52;c;aGFjaw==␇');
	expect(visible('\u009b2J')).toBe('␦2J');
});

test('tabs and line breaks become visible and take one cell', () => {
	expect(visible('a\tb\r\nc\u2028d')).toBe('a␉b␍␊c␦d');
});

test('what reorders or hides text becomes visible', () => {
	expect(visible('\u202eabc')).toBe('␦abc');
	expect(visible('pay\u200bpal')).toBe('pay␦pal');
	expect(visible('x\u{e0041}')).toBe('x␦');
});

test('half a surrogate pair is replaced', () => {
	expect(visible('a\ud800b')).toBe('a\ufffdb');
});

test('marks piled on one letter are cut to a few', () => {
	expect(visible(`z${'\u0301'.repeat(50)}`)).toBe(`z${'\u0301'.repeat(4)}`);
});

test('no text at all leaves a control character', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary' }), (text) => {
			expect(visible(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
			expect(visible(visible(text))).toBe(visible(text));
		}),
	);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pasteable, printableJson, visible } from '../../source/text/visible.ts';

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

test('JSON holds nothing that acts on a terminal, and parses back to exactly the same', () => {
	const text = fc.oneof(
		fc.string({ unit: 'binary' }),
		// Halves of pairs too.
		fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
	);
	fc.assert(
		fc.property(fc.array(fc.dictionary(text, text)), fc.option(fc.constant(2)), (value, indent) => {
			const json = printableJson(value, indent ?? undefined);
			expect(json).not.toMatch(
				/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/,
			);
			expect(json).not.toMatch(/\p{Cs}/u);
			expect(JSON.parse(json)).toEqual(value);
		}),
	);
	expect(printableJson({ a: '\u202e\u{e0041}é客' })).toBe('{"a":"\\u202e\\udb40\\udc41é客"}');
});

test('what is pasted neither runs nor reorders anything, and is spelt as it was', () => {
	expect(pasteable('a\u001b]52;\u0007b\r\nrm x\u202e')).toBe('a␛]52;␇b␍␊rm x␦');
	// Persian needs its zero-width non-joiner, and a key with one is another key without it.
	expect(pasteable('نامه\u200cای 👨‍👩‍👧')).toBe('نامه\u200cای 👨‍👩‍👧');
});

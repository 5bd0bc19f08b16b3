import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cut, fitTo, textWidth, wrap, wrapAll } from '../../source/terminal/text.ts';

test('width is counted in cells', () => {
	expect(textWidth('orders')).toBe(6);
	expect(textWidth('客户')).toBe(4);
	expect(textWidth('e\u0301')).toBe(1);
	expect(textWidth('👨‍👩‍👧')).toBe(2);
});

test('a short text is padded on the side away from its alignment', () => {
	expect(fitTo('ab', 5)).toBe('ab   ');
	expect(fitTo('ab', 5, { align: 'right' })).toBe('   ab');
});

test('a long text is cut at the end, or in the middle where both ends matter', () => {
	expect(fitTo('order_items', 8)).toBe('order_i…');
	expect(fitTo('order_id=4711', 9, { cut: 'middle' })).toBe('orde…4711');
	expect(fitTo('order_items', 8, { ellipsis: '~' })).toBe('order_i~');
});

test('a wide sign that would be cut in half gives way to a space', () => {
	expect(fitTo('客户评论', 6)).toBe('客户… ');
});

test('any text fits its column exactly', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), (text, width) => {
			expect(textWidth(fitTo(text, width))).toBe(width);
			expect(textWidth(cut(text, width, { cut: 'middle' }))).toBeLessThanOrEqual(width);
		}),
	);
});

test('of several texts what does not fit is marked as left out', () => {
	expect(wrapAll(['one two', 'three'], 8, 2)).toEqual(['one two', 'three']);
	expect(wrapAll(['one two', 'three', 'four'], 8, 2)).toEqual(['one two', 'three…']);
	expect(wrapAll(['one two', 'and three'], 8, 2)).toEqual(['one two', 'and…']);
	expect(wrapAll(['one', 'two or 3', 'four'], 8, 2)).toEqual(['one', 'two or …']);
	expect(wrapAll(['one'], 8, 0)).toEqual([]);
});

test('long text is broken at spaces, and what does not fit is marked', () => {
	expect(wrap('one two three', 8, 3)).toEqual(['one two', 'three']);
	expect(wrap('one two three four', 8, 2)).toEqual(['one two', 'three f…']);
	expect(wrap('a_word_too_long for it', 8, 3)).toEqual(['a_word_…', 'for it']);
	expect(wrap('', 8, 2)).toEqual([]);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { windowTop } from '../../../source/ui/lists/window.ts';

test('the window moves only as far as the cursor drives it', () => {
	expect(windowTop(100, 10, 5, 0)).toBe(0);
	expect(windowTop(100, 10, 10, 0)).toBe(1);
	expect(windowTop(100, 10, 5, 1)).toBe(1);
	expect(windowTop(100, 10, 0, 1)).toBe(0);
	expect(windowTop(100, 10, 99, 0)).toBe(90);
});

test('a list that shrank leaves no empty rows below while rows above are hidden', () => {
	expect(windowTop(12, 10, 11, 90)).toBe(2);
	expect(windowTop(5, 10, 4, 90)).toBe(0);
});

test('the selected row is always in the window', () => {
	fc.assert(
		fc.property(
			fc.nat(500),
			fc.integer({ min: 1, max: 60 }),
			fc.nat(),
			fc.nat(600),
			(length, height, at, before) => {
				const total = length + 1;
				const selected = at % total;
				const top = windowTop(total, height, selected, before);
				expect(top).toBeGreaterThanOrEqual(0);
				expect(selected).toBeGreaterThanOrEqual(top);
				expect(selected).toBeLessThan(top + height);
			},
		),
	);
});

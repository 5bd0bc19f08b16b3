import { expect, test } from 'vitest';
import { count, plural, span, took } from '../../source/text/words.ts';

test('counts have separators, and an unknown count is no zero', () => {
	expect(count(1204)).toBe('1,204');
	expect(count(0)).toBe('0');
	expect(count(null)).toBe('?');
	expect(plural(1, 'pair')).toBe('1 pair');
	expect(plural(1200, 'table')).toBe('1,200 tables');
});

test('how long something took is told in the unit that suits it', () => {
	expect(took(45.2)).toBe('45 ms');
	expect(took(1234)).toBe('1.2 s');
	expect(took(200_000)).toBe('3m 20s');
});

test('spans of time have two units next to each other, or one', () => {
	expect(span(900)).toBe('0s');
	expect(span(59_900)).toBe('59s');
	expect(span(200_000)).toBe('3m 20s');
	expect(span(7_202_000)).toBe('2h 0m');
	expect(span(3 * 86_400_000)).toBe('3d 0h');
	expect(span(200_000, 1)).toBe('3m');
	expect(span(-5000)).toBe('0s');
	expect(span(null)).toBe('?');
});

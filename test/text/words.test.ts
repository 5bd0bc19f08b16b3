import { expect, test } from 'vitest';
import { count, plural } from '../../source/text/words.ts';

test('counts have separators, and an unknown count is no zero', () => {
	expect(count(1204)).toBe('1,204');
	expect(count(0)).toBe('0');
	expect(count(null)).toBe('?');
	expect(plural(1, 'pair')).toBe('1 pair');
	expect(plural(1200, 'table')).toBe('1,200 tables');
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDuration } from '../../source/config/duration.ts';
import { SyncError } from '../../source/errors.ts';

describe('a duration', () => {
	test.each([
		['0s', 0],
		['200ms', 200],
		['30s', 30_000],
		['10m', 600_000],
		['1.5h', 5_400_000],
		['1h30m', 5_400_000],
		['1h 30m', 5_400_000],
		['7d', 604_800_000],
		['2w', 1_209_600_000],
		['1m500ms', 60_500],
		['0.1s', 100],
		['36500d', 3_153_600_000_000],
	])('%s is %d milliseconds', (text, milliseconds) => {
		expect(parseDuration(text)).toBe(milliseconds);
	});

	test.each(['', '10', '600', 'm', '10 m', '10min', '-5s', '1e3s', '10M', ' 5s', '5s ', '5s,1m'])(
		'"%s" is refused with an example of one',
		(text) => {
			expect(() => parseDuration(text)).toThrow(
				expect.objectContaining({ code: 'config', hint: expect.stringContaining('1h30m') }),
			);
		},
	);

	test('of more than a hundred years is refused', () => {
		expect(() => parseDuration('36501d')).toThrow('"36501d" is too long');
		expect(() => parseDuration('9'.repeat(400).concat('w'))).toThrow(SyncError);
	});

	test('of any length up to that survives being written down', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 3_153_600_000_000 }), (milliseconds) => {
				expect(parseDuration(`${milliseconds}ms`)).toBe(milliseconds);
				const [minutes, rest] = [Math.floor(milliseconds / 60_000), milliseconds % 60_000];
				expect(parseDuration(`${minutes}m${rest}ms`)).toBe(milliseconds);
			}),
		);
	});
});

import { expect, test } from 'vitest';
import { formatDuration, timeSpan, took } from '../../source/text/duration.ts';

test('a duration is shown in a fitting unit', () => {
	expect(took(45.2)).toBe('45 ms');
	expect(took(1234)).toBe('1.2 s');
	expect(took(200_000)).toBe('3m 20s');
});

test('spans of time have two units next to each other, or one', () => {
	expect(timeSpan(900)).toBe('0s');
	expect(timeSpan(59_900)).toBe('59s');
	expect(timeSpan(200_000)).toBe('3m 20s');
	expect(timeSpan(7_202_000)).toBe('2h 0m');
	expect(timeSpan(3 * 86_400_000)).toBe('3d 0h');
	expect(timeSpan(200_000, 1)).toBe('3m');
	expect(timeSpan(-5000)).toBe('0s');
	expect(timeSpan(null)).toBe('?');
});

test.each([
	[0, '0ms'],
	[200, '200ms'],
	[350.4, '350ms'],
	[1500, '1.5s'],
	[59_999.7, '1m'],
	[600_000, '10m'],
	[5_400_000, '1h 30m'],
	[90_061_001, '1d 1h'],
	[86_400_000 + 1_800_000, '1d 30m'],
	[3_615_000, '1h 15s'],
	[604_800_000, '7d'],
	[86_400_000 * 400, '400d'],
])('%d milliseconds are shown as %s', (milliseconds, text) => {
	expect(formatDuration(milliseconds)).toBe(text);
});

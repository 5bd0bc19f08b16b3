import { expect, test } from 'vitest';
import { ago, latency, shortCount, until } from '../../../source/ui/drawing/format.ts';

test('a count that is too long for its column is shortened', () => {
	expect(shortCount(123_456, 9)).toBe('123,456');
	expect(shortCount(123_456, 6)).toBe('123.5k');
	expect(shortCount(12_345_678, 4)).toBe('12M');
	expect(shortCount(2_500_000_000, 8)).toBe('2.5G');
	expect(shortCount(null, 3)).toBe('?');
});

test('round trips and moments are as people read them', () => {
	expect(latency(0.42)).toBe('0.4 ms');
	expect(latency(98.4)).toBe('98 ms');
	expect(latency(null)).toBe('?');
	expect(ago(0, 540_000)).toBe('9m ago');
	expect(until(270_000, 0)).toBe('in 4m');
	expect(until(500, 0)).toBe('now');
});

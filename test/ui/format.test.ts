import { expect, test } from 'vitest';
import {
	ago,
	count,
	latency,
	plural,
	shortCount,
	span,
	took,
	until,
} from '../../source/ui/format.ts';

test('counts have separators, and an unknown count is no zero', () => {
	expect(count(1204)).toBe('1,204');
	expect(count(0)).toBe('0');
	expect(count(null)).toBe('?');
	expect(plural(1, 'pair')).toBe('1 pair');
	expect(plural(1200, 'table')).toBe('1,200 tables');
});

test('a count that is too long for its column is shortened', () => {
	expect(shortCount(123_456, 9)).toBe('123,456');
	expect(shortCount(123_456, 6)).toBe('123.5k');
	expect(shortCount(12_345_678, 4)).toBe('12M');
	expect(shortCount(2_500_000_000, 8)).toBe('2.5G');
	expect(shortCount(null, 3)).toBe('?');
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

test('durations, round trips and moments are as people read them', () => {
	expect(took(45.2)).toBe('45 ms');
	expect(took(1234)).toBe('1.2 s');
	expect(took(200_000)).toBe('3m 20s');
	expect(latency(0.42)).toBe('0.4 ms');
	expect(latency(98.4)).toBe('98 ms');
	expect(latency(null)).toBe('?');
	expect(ago(0, 540_000)).toBe('9m ago');
	expect(until(270_000, 0)).toBe('in 4m');
	expect(until(500, 0)).toBe('now');
});

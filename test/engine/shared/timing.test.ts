import { describe, expect, it } from 'vitest';
import { retryDelay } from '../../../source/engine/shared/backoff.ts';
import { Waker } from '../../../source/engine/shared/waker.ts';

describe('the pause before a retry', () => {
	it('doubles from a second to a minute', () => {
		const longest = [1, 2, 3, 4, 5, 6, 7, 50].map((failures) => retryDelay(failures, () => 1));
		expect(longest).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
	});

	it('is up to a fifth shorter by chance', () => {
		expect(retryDelay(3, () => 0)).toBe(3200);
	});
});

describe('a sleep', () => {
	it('ends by itself', async () => {
		await new Waker().sleep(1);
	});

	it('ends when it is woken, however long it was to be', async () => {
		const waker = new Waker();
		const sleeping = waker.sleep(Number.POSITIVE_INFINITY);
		waker.wake();
		await sleeping;
	});

	it('does not begin when it was woken before', async () => {
		const waker = new Waker();
		waker.wake();
		await waker.sleep(Number.POSITIVE_INFINITY);
	});
});

import { describe, expect, it } from 'vitest';
import { BatchSize } from '../../source/transfer/batch-size.ts';

/** Moves so many changes to a server that takes so many at once. Resolves to the sizes that were tried. */
function sizesFor(pending: number, most: number, server: number): number[] {
	const size = new BatchSize(most);
	const tried: number[] = [];
	for (let left = pending; left > 0; ) {
		const changes = Math.min(size.limit, left);
		tried.push(changes);
		if (changes <= server) {
			size.fits(changes);
			left -= changes;
		} else if (changes === 1) {
			size.parked();
			left -= 1;
		} else {
			size.tooLarge(changes);
		}
	}
	return tried;
}

describe('the size of batches', () => {
	it('is the configured one where the server takes it', () => {
		expect(sizesFor(12, 5, 5)).toEqual([5, 5, 2]);
	});

	it('comes close to what the server takes, in few tries', () => {
		const tried = sizesFor(20_000, 5000, 498);
		expect(tried.slice(0, 6)).toEqual([5000, 2500, 1250, 625, 312, 468]);
		expect(tried.filter((changes) => changes > 498).length).toBeLessThan(6);
		expect(Math.min(...tried.slice(6, -1))).toBeGreaterThan(440);
	});

	it.each([1, 2, 3, 7])('gets to %i', (server) => {
		const tried = sizesFor(100, 50, server);
		expect(tried.slice(10, -1).every((changes) => changes <= server)).toBe(true);
	});

	it('costs one try a change where the server takes none', () => {
		const tried = sizesFor(8, 4, 0);
		expect(tried).toEqual([4, 2, 1, 1, 1, 1, 1, 1, 1, 1]);
	});

	it('becomes smaller where rows that come along make each batch larger than its limit', () => {
		const size = new BatchSize(100);
		const tried: number[] = [];
		while (size.limit > 1 && tried.length < 20) {
			tried.push(size.limit);
			size.tooLarge(300);
		}
		expect(tried).toEqual([100, 50, 25, 12, 6, 3]);
	});

	it('grows again after a single change that was too large', () => {
		const size = new BatchSize(100);
		size.tooLarge(100);
		size.tooLarge(2);
		expect(size.limit).toBe(1);
		size.parked();
		const grown = Array.from({ length: 9 }, () => {
			const { limit } = size;
			size.fits(limit);
			return limit;
		});
		expect(grown).toEqual([1, 2, 4, 8, 16, 32, 64, 100, 100]);
	});
});

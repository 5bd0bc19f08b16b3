/** The candidate that `word` most likely means; undefined if none is close. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
	const wanted = folded(word);
	let best: string | undefined;
	let bestDistance = Number.POSITIVE_INFINITY;
	for (const candidate of candidates) {
		const known = folded(candidate);
		const distance = editDistance(wanted, known);
		const tolerated = Math.max(wanted.length, known.length) / 3;
		if (distance <= tolerated && distance < bestDistance) {
			best = candidate;
			bestDistance = distance;
		}
	}
	return best;
}

/** Makes `batchSize` and `batch-size` equal to `batch_size`. */
function folded(word: string): string {
	return word.toLowerCase().replaceAll(/[_\-\s]/g, '');
}

/** Letters to insert, delete, replace or swap with a neighbour to turn one word into the other. */
function editDistance(from: string, to: string): number {
	let beforeLast: number[] = [];
	let last = Array.from({ length: to.length + 1 }, (_, column) => column);
	for (let row = 1; row <= from.length; row++) {
		const current = [row];
		for (let column = 1; column <= to.length; column++) {
			const same = from[row - 1] === to[column - 1];
			const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
			current[column] = Math.min(
				at(last, column) + 1,
				at(current, column - 1) + 1,
				at(last, column - 1) + (same ? 0 : 1),
				swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
			);
		}
		beforeLast = last;
		last = current;
	}
	return at(last, to.length);
}

function at(row: readonly number[], column: number): number {
	return row[column] ?? Number.POSITIVE_INFINITY;
}

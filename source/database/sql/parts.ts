/** Splits a list into parts of at most so many items, where one statement could not name them all. */
export function inParts<T>(items: readonly T[], size: number): T[][] {
	const parts: T[][] = [];
	for (let start = 0; start < items.length; start += size) {
		parts.push(items.slice(start, start + size));
	}
	return parts;
}

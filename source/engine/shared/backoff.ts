/** Milliseconds before the first retry of a server that was lost. */
const firstDelay = 1000;

/** Milliseconds that a pause between two retries grows to. */
const longestDelay = 60_000;

/**
 * Milliseconds to wait after so many failures in a row: each pause twice the one before, and a
 * little uneven, so that the engines of many sites do not come back to a server all at once.
 */
export function retryDelay(failures: number, random: () => number = Math.random): number {
	const delay = Math.min(firstDelay * 2 ** (failures - 1), longestDelay);
	return Math.round(delay * (0.8 + 0.2 * random()));
}

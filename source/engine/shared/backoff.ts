/** Milliseconds before the first retry of a lost server. */
const firstDelay = 1000;

/** Longest pause between two retries, in milliseconds. */
const longestDelay = 60_000;

/**
 * Milliseconds to wait after a number of consecutive failures: each pause is twice the one before, with some
 * jitter, so that the engines of many sites do not reconnect to a server all at once.
 */
export function retryDelay(failures: number, random: () => number = Math.random): number {
	const delay = Math.min(firstDelay * 2 ** (failures - 1), longestDelay);
	return Math.round(delay * (0.8 + 0.2 * random()));
}

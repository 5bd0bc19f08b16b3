import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds between two looks. */
const poll = 25;

/**
 * Waits until a condition holds. Resolves to what it gave.
 * @param options.what what is waited for, for the message of the failure; a function is asked when it fails
 * @param options.timeout in milliseconds
 */
export async function waitFor<T>(
	condition: () => T | Promise<T>,
	{ timeout = 20_000, what }: { timeout?: number; what: string | (() => string) },
): Promise<NonNullable<T>> {
	const deadline = performance.now() + timeout;
	for (;;) {
		const value = await condition();
		if (value) return value;
		if (performance.now() > deadline) {
			throw new Error(`waited ${timeout} ms for ${typeof what === 'string' ? what : what()}`);
		}
		await pause(poll);
	}
}

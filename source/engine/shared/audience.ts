import type { Notice } from '../api/snapshot.ts';

/** Notices kept for listeners that subscribe later. */
const keptNotices = 100;

/** The listeners of an engine. */
export class Audience {
	readonly #listeners = new Set<() => void>();
	readonly #noticeListeners = new Set<(notice: Notice) => void>();
	readonly #notices: Notice[] = [];

	/**
	 * Calls back after every change of the snapshot.
	 * @returns a function that unsubscribes
	 */
	subscribe(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/**
	 * Calls back with the latest notices and then every new one.
	 * @returns a function that unsubscribes
	 */
	onNotice(listener: (notice: Notice) => void): () => void {
		for (const notice of this.#notices) listener(notice);
		this.#noticeListeners.add(listener);
		return () => this.#noticeListeners.delete(listener);
	}

	/** Notifies the listeners of a changed snapshot. */
	updated(): void {
		for (const listener of this.#listeners) listener();
	}

	noticed(notice: Notice): void {
		this.#notices.push(notice);
		if (this.#notices.length > keptNotices) this.#notices.shift();
		for (const listener of this.#noticeListeners) listener(notice);
	}
}

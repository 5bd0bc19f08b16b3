/**
 * Whether sessions are to begin anew for the sake of a right that is waited for: only one that begins
 * after it was given may know of it.
 */
export class WaitingRights {
	#denied = false;

	/** @param denied whether something waits for a right now */
	beginAnew(denied: boolean): boolean {
		// Once more after the last one: the right may have been given when the session had just begun.
		const anew = denied || this.#denied;
		this.#denied = denied;
		return anew;
	}
}

/**
 * Decides if sessions must be reopened for a right that is waited for: only a session that began after the
 * GRANT is certain to see it.
 */
export class WaitingRights {
	#denied = false;

	/** @param denied true if something waits for a right now */
	needsNewSessions(denied: boolean): boolean {
		// Once more after the last time: the right may have been granted just after the session began.
		const needed = denied || this.#denied;
		this.#denied = denied;
		return needed;
	}
}

import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';

/** The engine that holds a pair, as the others see it. */
export interface Holder {
	/** Tells this engine from every other, also from an earlier one of the same process. */
	id: string;
	host: string;
	/** Whom the engine runs for: the user of the system, and where that user came from. */
	person: string;
	process: number;
}

/** This process, for a lease of its own. */
export function thisHolder(): Holder {
	// SSH_CONNECTION: the client's address comes first.
	const [from] = (process.env.SSH_CONNECTION ?? '').split(' ');
	return {
		id: randomUUID(),
		host: hostname().slice(0, 255),
		person: `${userName()}${from ? ` from ${from}` : ''}`.slice(0, 255),
		process: process.pid,
	};
}

/** A user id without an entry in the system's list of users has no name. */
function userName(): string {
	try {
		return userInfo().username;
	} catch {
		return `user ${process.getuid?.() ?? '?'}`;
	}
}

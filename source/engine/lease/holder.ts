import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type { Holder } from '../../changelog/tables/leases.ts';

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

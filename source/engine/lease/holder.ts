import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type { Holder } from '../../changelog/tables/leases.ts';

/** This process as the holder of a lease. */
export function thisHolder(): Holder {
	// SSH_CONNECTION starts with the client's address.
	const [from] = (process.env.SSH_CONNECTION ?? '').split(' ');
	return {
		id: randomUUID(),
		host: hostname().slice(0, 255),
		person: `${userName()}${from ? ` from ${from}` : ''}`.slice(0, 255),
		process: process.pid,
	};
}

/** The user name; a user id without an entry in the system's user list has none. */
function userName(): string {
	try {
		return userInfo().username;
	} catch {
		return `user ${process.getuid?.() ?? '?'}`;
	}
}

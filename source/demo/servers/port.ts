import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { SyncError } from '../../errors.ts';

/**
 * Below the ephemeral ports (Linux: 32768 and up): a server that is down for a while does not lose its port
 * to an outgoing connection, and no client can connect to itself.
 */
const lowest = 15_000;
const highest = 32_000;

const attempts = 100;

/** A free port on the loopback address. Another program may take it at any time. */
export async function freePort(): Promise<number> {
	for (let attempt = 0; attempt < attempts; attempt += 1) {
		const port = randomInt(lowest, highest);
		if (await canListen(port)) return port;
	}
	throw new SyncError('environment', 'found no free port on 127.0.0.1', {
		hint: `Free a port between ${lowest} and ${highest}.`,
	});
}

function canListen(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const server = createServer();
		server.once('error', () => resolve(false));
		server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
	});
}

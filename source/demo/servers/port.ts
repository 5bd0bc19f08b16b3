import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { SyncError } from '../../errors.ts';

/**
 * Below the ports that systems hand out to outgoing connections (Linux: 32768 up): a server that is
 * down for a while does not lose its port to one, and no client can connect to itself.
 */
const lowest = 15_000;
const highest = 32_000;

const attempts = 100;

/** A port of the loopback address on which nothing listens. Another program may take it any time. */
export async function freePort(): Promise<number> {
	for (let attempt = 0; attempt < attempts; attempt += 1) {
		const port = randomInt(lowest, highest);
		if (await canListen(port)) return port;
	}
	throw new SyncError('environment', 'no free port was found on 127.0.0.1', {
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

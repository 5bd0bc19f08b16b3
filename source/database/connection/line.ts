import { connect, type Socket } from 'node:net';
import { isLoopbackAddress } from '../../config/loopback.ts';
import type { EndConfig } from '../../config/types.ts';
import { SyncError } from '../../errors.ts';
import { type Greeting, readGreeting } from './greeting.ts';
import type { NodePlace } from './nodes.ts';

/**
 * How the line to a server is protected: it never leaves this machine; TLS with a server whose identity
 * was checked; TLS with whoever answered; or not at all.
 */
export type LineSecurity = 'own machine' | 'verified' | 'unverified' | 'clear';

/** A connection to a server that has said its greeting, and nothing was said to it. */
export interface Line {
	/** The greeting is still to be read from it. */
	socket: Socket;
	security: LineSecurity;
	/** Whether TLS is to begin before anything else is said. */
	beginsTls: boolean;
	/** The name or address that the server's certificate must be for. */
	name: string;
}

/**
 * Connects to a server and decides how to talk to it, before the driver says a word.
 * @param timeout milliseconds for the connection and the greeting together
 * @param isOwnMachine whether a peer's address is on this machine
 * @throws what the network or the server says; SyncError `unreachable` where somebody is in between
 */
export async function openLine(
	end: EndConfig,
	place: NodePlace,
	timeout: number,
	isOwnMachine: (address: string) => boolean = isLoopbackAddress,
): Promise<Line> {
	const socket =
		'socketPath' in place
			? connect({ path: place.socketPath })
			: connect({ ...place, keepAlive: true, noDelay: true });
	// The driver listens too, but not before it has the socket.
	socket.on('error', () => {});
	try {
		const greeting = await readGreeting(socket, timeout);
		const isOwn = 'socketPath' in place || isOwnMachine(socket.remoteAddress ?? '');
		const security = securityOf(end.tls, greeting, isOwn);
		const beginsTls = security === 'verified' || security === 'unverified';
		// A word in clear behind the greeting would be taken for one that came through TLS.
		if (beginsTls && greeting.hasMore) throw interference();
		return { socket, security, beginsTls, name: certificateName(end, place) };
	} catch (error) {
		socket.destroy();
		throw error;
	}
}

/** As the configuration says; where it says nothing, what mysql's own client does. */
function securityOf(
	tls: EndConfig['tls'],
	{ offersTls }: Greeting,
	isOwnMachine: boolean,
): LineSecurity {
	// The driver refuses a server that offers none.
	if (tls) return tls.verify ? 'verified' : 'unverified';
	if (isOwnMachine) return 'own machine';
	return tls === undefined && offersTls ? 'unverified' : 'clear';
}

/** Certificates name hosts without the dot at the end, and addresses without their zone. */
function certificateName({ tls }: EndConfig, place: NodePlace): string {
	const asked = 'socketPath' in place ? 'localhost' : place.host;
	const name = tls ? tls.servername : undefined;
	return (name ?? asked).replace(/%.*$/, '').replace(/\.$/, '');
}

function interference(): SyncError {
	return new SyncError(
		'unreachable',
		'something sent data before TLS began: the connection may be intercepted',
		{
			hint: 'Nothing was sent to it. Check what is between this machine and the server.',
		},
	);
}

import { connect, type Socket } from 'node:net';
import { isLoopbackAddress } from '../../config/loopback.ts';
import type { EndConfig } from '../../config/types.ts';
import { SyncError } from '../../errors.ts';
import { type Greeting, readGreeting } from './greeting.ts';
import type { NodePlace } from './nodes.ts';

/**
 * The protection of a connection: it stays on this machine; TLS with a
 * verified server; TLS with an unverified one; or none.
 */
export type LineSecurity = 'own machine' | 'verified' | 'unverified' | 'clear';

/** A connection on which the server has sent its greeting, and nothing has been sent to it. */
export interface Line {
	/** The greeting is still unread on it. */
	socket: Socket;
	security: LineSecurity;
	/** True if TLS must start before anything else is sent. */
	beginsTls: boolean;
	/** The name or address that the server's certificate must match. */
	name: string;
}

/**
 * Connects to a server and decides on TLS, before the driver sends anything.
 * @param timeout milliseconds for the connection and the greeting together
 * @param isOwnMachine true for a peer's address on this machine
 * @throws the error of the network or the server; SyncError `unreachable` if
 * the connection may be intercepted
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
	// The driver adds its listener only when it gets the socket.
	socket.on('error', () => {});
	try {
		const greeting = await readGreeting(socket, timeout);
		const isOwn = 'socketPath' in place || isOwnMachine(socket.remoteAddress ?? '');
		const security = securityOf(end.tls, greeting, isOwn);
		const beginsTls = security === 'verified' || security === 'unverified';
		// Plain text after the greeting would later be taken for data received over TLS.
		if (beginsTls && greeting.hasMore) throw interference();
		return { socket, security, beginsTls, name: certificateName(end, place) };
	} catch (error) {
		socket.destroy();
		throw error;
	}
}

/** Follows the configuration; without one, behaves like mysql's own client. */
function securityOf(
	tls: EndConfig['tls'],
	{ offersTls }: Greeting,
	isOwnMachine: boolean,
): LineSecurity {
	// The driver refuses a server without TLS.
	if (tls) return tls.verify ? 'verified' : 'unverified';
	if (isOwnMachine) return 'own machine';
	return tls === undefined && offersTls ? 'unverified' : 'clear';
}

/** Certificates name hosts without the trailing dot, and addresses without their zone. */
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

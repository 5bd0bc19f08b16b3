import type { Socket } from 'node:net';
import { SyncError } from '../../errors.ts';

/** A server's greeting, as far as it matters before the driver reads it. */
export interface Greeting {
	offersTls: boolean;
	/** True if further data follows although it is the client's turn. */
	hasMore: boolean;
}

const headerLength = 4;
/** Maximum size of a valid greeting, in bytes. */
const longest = 65_535;
const refusal = 0xff;
const protocolVersion = 10;
/** CLIENT_SSL. */
const tlsFlag = 0x0800;
/** Bytes between the version text and the capabilities: thread, first salt, filler. */
const beforeCapabilities = 4 + 8 + 1;

/**
 * Reads the greeting and leaves it on the socket for the driver.
 * @param timeout milliseconds for the connection and the greeting
 * @throws the same errors as a driver: with `errno` and `sqlMessage` if the server refuses, otherwise `fatal`
 */
export async function readGreeting(socket: Socket, timeout: number): Promise<Greeting> {
	const packet = await firstPacket(socket, timeout);
	const body = packet.subarray(headerLength);
	if (body[0] === refusal) throw refused(body);
	const capabilities = body.indexOf(0) + 1 + beforeCapabilities;
	if (body[0] !== protocolVersion || body.length < capabilities + 2) throw noServer();
	const hasMore = socket.readableLength > 0;
	socket.unshift(packet);
	return { offersTls: (body.readUInt16LE(capabilities) & tlsFlag) !== 0, hasMore };
}

function firstPacket(socket: Socket, timeout: number): Promise<Buffer> {
	return new Promise((resolve, reject) => {
		let header: Buffer | null = null;
		const end = (settle: () => void) => {
			clearTimeout(timer);
			socket.off('readable', read).off('error', fail).off('close', close).off('end', close);
			settle();
		};
		const fail = (error: Error) => end(() => reject(Object.assign(error, { fatal: true })));
		const close = () => fail(closed());
		const timer = setTimeout(() => fail(silent()), timeout);
		const read = () => {
			header ??= socket.read(headerLength);
			if (!header) return;
			const length = header.readUIntLE(0, 3);
			if (length === 0 || length > longest) {
				fail(noServer());
				return;
			}
			const body: Buffer | null = socket.read(length);
			if (body) end(() => resolve(Buffer.concat([header as Buffer, body])));
		};
		socket.on('readable', read).on('error', fail).on('close', close).on('end', close);
	});
}

/** The error that a server sends instead of a greeting, such as 1040 or 1130. */
function refused(body: Buffer): Error {
	const errno = body.readUInt16LE(1);
	const words = body.subarray(3).toString();
	const sqlMessage = words.startsWith('#') ? words.slice(6) : words;
	return Object.assign(new Error(sqlMessage), { errno, sqlMessage, fatal: true });
}

function closed(): Error {
	return Object.assign(new Error('the server closed the connection'), {
		code: 'PROTOCOL_CONNECTION_LOST',
	});
}

function silent(): Error {
	return Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT' });
}

function noServer(): SyncError {
	return new SyncError(
		'unreachable',
		'the program listening there is not a MySQL or MariaDB server',
		{
			hint: 'Check `host` and `port`.',
		},
	);
}

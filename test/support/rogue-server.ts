/**
 * Somebody in between, who says to clients what a MySQL server would say, with a key and a certificate of
 * his own, and keeps what they send.
 */
import { constants, generateKeyPairSync, privateDecrypt } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import type { Certificate } from './certificates.ts';

const tlsFlag = 0x0800;
/** Bytes of the packet in which a client asks for TLS. */
const tlsRequestLength = 36;
/** CLIENT_PROTOCOL_41, SECURE_CONNECTION, PLUGIN_AUTH, CONNECT_WITH_DB and what else servers offer. */
const capabilities = 0x00ff_f7ff;
const salt = Buffer.from('abcdefghijklmnopqrst');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** The key that he lets a client encrypt its password with, as a server sends one. */
const publicKey = Buffer.from(rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string);

/** What he says when a client has spoken for the first time (0), the next, and so on. */
export type Script = (heard: number) => Buffer[];

export interface RogueOptions {
	/** The plugin that the greeting names. */
	plugin?: string;
	script?: Script;
	/** Offers TLS, with this certificate. */
	certificate?: Certificate;
	/** What comes with the greeting, behind it. */
	behindGreeting?: Buffer;
	/** What he says in place of a greeting. */
	greeting?: Buffer;
}

export class RogueServer {
	/** What clients sent, in the clear or out of TLS; each piece as it came. */
	readonly received: Buffer[] = [];
	/** The names that clients asked for in TLS. */
	readonly serverNames: (string | false)[] = [];
	port = 0;

	/** Whether a password is in what was sent, as it is or under his key. */
	has(password: string): boolean {
		const all = Buffer.concat(this.received);
		if (all.includes(password)) return true;
		return this.received.some((packet) => decrypted(packet.subarray(-256)) === password);
	}
}

/** Starts him on loopback; he is gone at the end of the test. */
export async function startRogueServer({
	plugin = 'caching_sha2_password',
	script = () => [],
	certificate,
	behindGreeting = Buffer.alloc(0),
	greeting = greetingOf(plugin, certificate !== undefined),
}: RogueOptions): Promise<RogueServer> {
	const rogue = new RogueServer();
	const sockets = new Set<Socket>();
	const talk = (socket: Socket, firstSequence: number) => {
		let sequence = firstSequence;
		let heard = 0;
		socket.on('data', (packet) => {
			rogue.received.push(packet);
			for (const answer of script(heard)) {
				socket.write(packetOf(sequence, answer));
				sequence += 1;
			}
			heard += 1;
			// The client's own packet counts too.
			sequence += 1;
		});
	};
	const secured = createTlsServer({ ...certificate }, (socket) => {
		socket.on('error', () => undefined);
		rogue.serverNames.push((socket as TLSSocket & { servername: string | false }).servername);
		talk(socket, 3);
	});
	secured.on('tlsClientError', () => undefined);
	const server = createServer((socket) => {
		sockets.add(socket);
		socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
		const hello = packetOf(0, greeting);
		socket.write(Buffer.concat([hello, behindGreeting]));
		if (!certificate) {
			talk(socket, 2);
			return;
		}
		socket.once('data', (data) => {
			rogue.received.push(data.subarray(0, tlsRequestLength));
			socket.pause();
			// The client's first word of TLS may come with it.
			if (data.length > tlsRequestLength) socket.unshift(data.subarray(tlsRequestLength));
			secured.emit('connection', socket);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('he has no port');
	rogue.port = address.port;
	onTestFinished(async () => {
		for (const socket of sockets) socket.destroy();
		await new Promise((resolve) => server.close(resolve));
	});
	return rogue;
}

/** Asks the client to log in another way. */
export function switchTo(plugin: string): Buffer {
	return Buffer.concat([Buffer.from([0xfe]), Buffer.from(`${plugin}\0`), salt, Buffer.alloc(1)]);
}

/** Says that the scramble was not enough (caching_sha2_password). */
export const wantsMore = Buffer.from([1, 4]);

/** Sends a client his key. */
export const hisKey = Buffer.concat([Buffer.from([1]), publicKey]);

export function packetOf(sequence: number, body: Buffer): Buffer {
	const header = Buffer.from([0, 0, 0, sequence]);
	header.writeUIntLE(body.length, 0, 3);
	return Buffer.concat([header, body]);
}

function greetingOf(plugin: string, offersTls: boolean): Buffer {
	const flags = offersTls ? capabilities | tlsFlag : capabilities & ~tlsFlag;
	const head = Buffer.concat([
		Buffer.from([10]),
		Buffer.from('9.7.4\0'),
		Buffer.from([7, 0, 0, 0]),
	]);
	const middle = Buffer.alloc(8);
	middle.writeUInt16LE(flags & 0xffff, 0);
	middle[2] = 255;
	middle.writeUInt16LE(2, 3);
	middle.writeUInt16LE(flags >>> 16, 5);
	middle[7] = salt.length + 1;
	return Buffer.concat([
		head,
		salt.subarray(0, 8),
		Buffer.alloc(1),
		middle,
		Buffer.alloc(10),
		salt.subarray(8),
		Buffer.alloc(1),
		Buffer.from(`${plugin}\0`),
	]);
}

/** A password as clients hide it under a key: XOR with the salt, then OAEP. */
function decrypted(data: Buffer): string | null {
	if (data.length !== 256) return null;
	try {
		const padding = constants.RSA_PKCS1_OAEP_PADDING;
		const hidden = privateDecrypt({ key: rsa.privateKey, padding, oaepHash: 'sha1' }, data);
		return Buffer.from(hidden.map((byte, index) => byte ^ (salt[index % salt.length] ?? 0)))
			.toString()
			.replace(/\0$/, '');
	} catch {
		return null;
	}
}

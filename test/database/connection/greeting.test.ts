import { createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { openDriver } from '../../../source/database/connection/driver.ts';
import { fromDriver } from '../../../source/database/connection/errors.ts';
import { openLine } from '../../../source/database/connection/line.ts';
import { packetOf, startRogueServer } from '../../support/rogue-server.ts';

const end = {
	side: 'cloud',
	nodeId: 'cloud',
	endpoints: [],
	user: 'sync',
	password: '',
	database: 'shop',
} as const;

/** Something that listens on loopback, and what it says to whoever comes. */
async function listener(greet: (socket: Socket) => void): Promise<number> {
	const sockets: Socket[] = [];
	const server = createServer((socket) => {
		sockets.push(socket);
		socket.on('error', () => undefined);
		greet(socket);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(async () => {
		for (const socket of sockets) socket.destroy();
		await new Promise((resolve) => server.close(resolve));
	});
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('it has no port');
	return address.port;
}

async function refusalAt(port: number, timeout = 5_000) {
	const opening = openDriver({ ...end, endpoints: [] }, { host: '127.0.0.1', port }, timeout);
	return fromDriver(await opening.catch((thrown: unknown) => thrown));
}

it('what is not a database server is told to be none, at once', async () => {
	for (const said of [
		'SSH-2.0-OpenSSH_9.2\r\n',
		'HTTP/1.1 400 Bad Request\r\n\r\n',
		'\x04\0\0\0\x09abc',
	]) {
		const port = await listener((socket) => socket.write(said));
		expect(await refusalAt(port)).toMatchObject({
			code: 'unreachable',
			message: 'the program listening there is not a MySQL or MariaDB server',
			hint: 'Check `host` and `port`.',
		});
	}
});

it('a refusal in place of the greeting keeps its number and its words', async () => {
	const body = Buffer.concat([
		Buffer.from([0xff, 0x10, 0x04]),
		Buffer.from('Too many connections'),
	]);
	const port = await listener((socket) => socket.end(packetOf(0, body)));
	expect(await refusalAt(port)).toMatchObject({
		code: 'unreachable',
		errno: 1040,
		message: 'Too many connections',
	});
});

it('a server that closes or keeps silent is told to do so', async () => {
	const closing = await listener((socket) => socket.end());
	expect((await refusalAt(closing)).message).toBe('the server closed the connection');
	const torn = await listener((socket) => socket.end('\x30\0\0'));
	expect((await refusalAt(torn)).message).toBe('the server closed the connection');
	const silent = await listener(() => undefined);
	expect(await refusalAt(silent, 100)).toMatchObject({
		code: 'unreachable',
		message: 'no response from server (timeout)',
	});
});

it('a greeting that comes byte by byte is read whole, and is there for the driver', async () => {
	const rogue = await startRogueServer({});
	const whole = await openLine(
		{ ...end, endpoints: [] },
		{ host: '127.0.0.1', port: rogue.port },
		5_000,
	);
	const greeting: Buffer = whole.socket.read();
	whole.socket.destroy();
	const port = await listener((socket) => {
		socket.setNoDelay(true);
		for (const byte of greeting) socket.write(Buffer.from([byte]));
	});
	const pieces = await openLine({ ...end, endpoints: [] }, { host: 'localhost', port }, 5_000);
	expect(pieces.socket.read()).toEqual(greeting);
	expect(pieces.security).toBe('own machine');
	pieces.socket.destroy();
});

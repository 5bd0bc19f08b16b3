/** A line to a server that can be disturbed: cut, silenced, slowed down, refused. On loopback only. */
import { connect, createServer, type Server as NetServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { AtEnd } from './suites.ts';

/** Which way bytes travel: `up` to the server, `down` from it. */
export type Way = 'up' | 'down';

/** One connection through the proxy. */
interface Line {
	client: Socket;
	server: Socket;
	/** True if no data is forwarded although both ends stay open. */
	silent: boolean;
	/** Whether what the server says is withheld, and the line cut once it has said all of it. */
	swallowing: boolean;
}

export class LineProxy {
	/** Bytes that came through in either way since the start. */
	readonly passed: Record<Way, number> = { up: 0, down: 0 };
	/** Packets that clients sent since the start; a statement of few bytes is one. */
	packets = 0;
	/** Connections that were accepted since the start. */
	accepted = 0;
	/** Milliseconds that bytes take in each way. */
	delay = 0;
	/** How often a rule of `cutAfter` or `swallowReply` has struck. */
	struck = 0;
	/** Further effects when a rule applies, until the connection is restored. */
	onStrike: () => void = () => undefined;
	readonly #target: { host: string; port: number };
	readonly #server: NetServer;
	readonly #lines = new Set<Line>();
	readonly #leftovers = new Set<Socket>();
	#mode: 'pass' | 'refuse' | 'silent' = 'pass';
	#bytesLeft: Record<Way, number> = { up: Infinity, down: Infinity };
	#replaced: { beginning: string; replacement: string } | null = null;
	#awaited: { beginning: string; times: number; act: (line: Line) => void | Promise<void> } | null =
		null;

	constructor(target: { host: string; port: number }) {
		this.#target = target;
		this.#server = createServer((client) => this.#accept(client));
	}

	get port(): number {
		const address = this.#server.address();
		if (address === null || typeof address === 'string') throw new Error('the proxy is down');
		return address.port;
	}

	/** Connections that are open. */
	get lines(): number {
		return this.#lines.size;
	}

	/** Whether nothing travels at the moment. */
	get isSilent(): boolean {
		return this.#mode === 'silent';
	}

	async start(): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			this.#server.once('error', reject);
			this.#server.listen(0, '127.0.0.1', resolve);
		});
	}

	async stop(): Promise<void> {
		this.cut();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	/** Cuts every connection, both ends of it, and what is left of silenced ones. */
	cut(): void {
		for (const socket of this.#leftovers) socket.destroy();
		for (const { client, server } of this.#lines) {
			client.destroy();
			server.destroy();
		}
		this.#lines.clear();
	}

	/** Cuts every connection once so many more bytes came through, of all connections together. */
	cutAfter(way: Way, bytes: number): void {
		this.#bytesLeft[way] = bytes;
	}

	/**
	 * Does something once a client has sent a statement that begins so for the nth time; the statement goes
	 * on when that is done. What it waits for then is looked for in the same packet too.
	 */
	onStatement(beginning: string, act: () => void | Promise<void>, times = 1): void {
		this.#awaited = { beginning, times, act };
	}

	/** From now on the server gets another statement in the place of each that begins so. */
	replaceStatements(beginning: string, replacement: string): void {
		this.#replaced = { beginning, replacement };
	}

	/** The server gets the nth statement that begins so, and its answer is lost with the line. */
	swallowReply(beginning: string, times = 1): void {
		const act = (line: Line) => {
			line.swallowing = true;
		};
		this.#awaited = { beginning, times, act };
	}

	/** Silently stops forwarding, on old connections and new ones. */
	silence(): void {
		this.#mode = 'silent';
		for (const line of this.#lines) line.silent = true;
	}

	/** Cuts connections and refuses new ones. */
	refuse(): void {
		this.#mode = 'refuse';
		this.cut();
	}

	/**
	 * New connections get through again. Those that were silenced never do: the server hears no more of
	 * them, as of a client whose host has vanished.
	 */
	mend(): void {
		this.#mode = 'pass';
		this.#bytesLeft = { up: Infinity, down: Infinity };
		this.#awaited = null;
		this.#replaced = null;
		this.onStrike = () => undefined;
		for (const line of [...this.#lines].filter(({ silent }) => silent)) {
			this.#lines.delete(line);
			line.client.destroy();
			this.#leftovers.add(line.server);
		}
	}

	/** Tells the clients that the servers are done, and goes on carrying what the clients say. */
	halfClose(): void {
		for (const { client } of this.#lines) client.end();
	}

	#accept(client: Socket): void {
		client.on('error', () => undefined);
		if (this.#mode === 'refuse') {
			client.resetAndDestroy();
			return;
		}
		this.accepted += 1;
		const server = connect({ ...this.#target, allowHalfOpen: true });
		server.on('error', () => client.destroy());
		for (const socket of [client, server]) socket.setNoDelay(true);
		const line: Line = { client, server, silent: this.#mode === 'silent', swallowing: false };
		this.#lines.add(line);
		client.on('data', (data) => this.#pass(line, 'up', data));
		server.on('data', (data) => this.#pass(line, 'down', data));
		server.on('end', () => {
			if (line.swallowing) this.#strike(line);
			else if (!line.silent) client.end();
		});
		client.on('close', () => {
			if (!line.silent) server.destroy();
			else this.#leftovers.add(server);
			this.#lines.delete(line);
		});
		server.on('close', () => {
			if (!line.silent) client.destroy();
			this.#leftovers.delete(server);
			this.#lines.delete(line);
		});
	}

	#pass(line: Line, way: Way, received: Buffer): void {
		if (line.silent) return;
		const data = way === 'up' && this.#replaced ? replaced(received, this.#replaced) : received;
		if (way === 'up') {
			this.packets += 1;
			const acting = this.#noteStatement(line, data);
			if (acting) {
				void acting.then(() => this.#send(line, way, data));
				return;
			}
		} else if (line.swallowing) {
			return;
		}
		this.#send(line, way, data);
		// The server executes what it has received before it notices that the client is gone.
		if (line.swallowing) line.server.end();
	}

	#strike({ client }: Line): void {
		this.struck += 1;
		this.onStrike();
		client.destroy();
	}

	#send(line: Line, way: Way, data: Buffer): void {
		const send = data.subarray(0, Math.min(data.length, this.#bytesLeft[way]));
		this.#bytesLeft[way] -= send.length;
		this.passed[way] += send.length;
		const receiver = way === 'up' ? line.server : line.client;
		if (this.delay > 0) setTimeout(() => !line.silent && receiver.write(send), this.delay);
		else receiver.write(send);
		if (send.length < data.length) {
			this.struck += 1;
			this.#bytesLeft[way] = Infinity;
			// What was sent is to arrive.
			setImmediate(() => {
				this.onStrike();
				this.cut();
			});
		}
	}

	#noteStatement(line: Line, data: Buffer): Promise<void> | undefined {
		const awaited = this.#awaited;
		if (!awaited || !sends(data, awaited.beginning)) return undefined;
		awaited.times -= 1;
		if (awaited.times > 0) return undefined;
		this.#awaited = null;
		const acting = awaited.act(line);
		return acting ? acting : this.#noteStatement(line, data);
	}
}

/**
 * Whether a client's packet has a statement that begins so, the first or one behind it; MySQL's have
 * room for attributes before the first.
 */
function sends(data: Buffer, beginning: string): boolean {
	return ['\x03', '\x03\0\x01', ';\n'].some((before) => data.includes(before + beginning));
}

/** The packet with another statement in the place of each that begins so. It must have come whole. */
function replaced(
	packet: Buffer,
	{ beginning, replacement }: { beginning: string; replacement: string },
): Buffer {
	if (!sends(packet, beginning)) return packet;
	if (packet.readUIntLE(0, 3) !== packet.length - headerBytes) {
		throw new Error(`a packet with ${beginning} came in pieces`);
	}
	const text = packet.toString('latin1', headerBytes);
	const changed = text
		.split(';\n')
		.map((statement, index) => {
			const at = statement.indexOf(beginning);
			// The first one comes after the bytes of the command.
			const begins = index === 0 ? at >= 0 && at <= 3 : at === 0;
			return begins ? statement.slice(0, at) + replacement : statement;
		})
		.join(';\n');
	const header = Buffer.from(packet.subarray(0, headerBytes));
	header.writeUIntLE(changed.length, 0, 3);
	return Buffer.concat([header, Buffer.from(changed, 'latin1')]);
}

/** Bytes of a packet's length and number. */
const headerBytes = 4;

/** Starts a proxy to a server; stopped at the end of the test. */
export async function startProxy(
	target: { host: string; port: number },
	atEnd: AtEnd = onTestFinished,
): Promise<LineProxy> {
	const proxy = new LineProxy(target);
	await proxy.start();
	atEnd(() => proxy.stop());
	return proxy;
}

import type { FieldPacket, ResultSetHeader } from 'mysql2/promise';

/** A server's answer to one statement: rows as arrays of bytes with their fields, or no rows. */
export type Answer = [(Buffer | null)[][] | ResultSetHeader, FieldPacket[] | undefined];

/** Sends a packet of statements. Resolves to the answers in order. */
export type SendPacket = (statements: readonly string[]) => Promise<Answer[]>;

interface Asked {
	sql: string;
	resolve: (answer: Answer) => void;
	reject: (error: unknown) => void;
}

/**
 * Collects statements that do not wait for each other's answers, and sends them in one packet. A server stops
 * at the first one that fails. The other statements of the packet, and all later ones, then fail too: a
 * deadlock may have ended the transaction, and the next statement would be committed on its own.
 */
export class Together {
	readonly #send: SendPacket;
	readonly #packetBytes: number;
	#asked: Asked[] = [];
	#sending = Promise.resolve();
	#failure: { error: unknown } | null = null;

	/** @param packetBytes bytes of statements per packet; a longer statement is sent alone */
	constructor(send: SendPacket, packetBytes: number) {
		this.#send = send;
		this.#packetBytes = packetBytes;
	}

	/** Settles like the statement, once the packet is answered. */
	ask(sql: string): Promise<Answer> {
		return new Promise((resolve, reject) => {
			// After all callers that do not wait have queued their statements.
			if (this.#asked.length === 0) setImmediate(() => this.#flush());
			this.#asked.push({ sql, resolve, reject });
		});
	}

	#flush(): void {
		const asked = this.#asked;
		this.#asked = [];
		this.#sending = this.#sending.then(() => this.#sendAll(asked));
	}

	async #sendAll(asked: readonly Asked[]): Promise<void> {
		for (const packet of this.#inPackets(asked)) {
			try {
				if (this.#failure) throw this.#failure.error;
				const answers = await this.#send(packet.map(({ sql }) => sql));
				for (const [index, { resolve }] of packet.entries()) resolve(answers[index] as Answer);
			} catch (error) {
				this.#failure ??= { error };
				for (const { reject } of packet) reject(error);
			}
		}
	}

	#inPackets(asked: readonly Asked[]): Asked[][] {
		const packets: Asked[][] = [];
		let bytes = 0;
		for (const one of asked) {
			const size = Buffer.byteLength(one.sql);
			const packet = packets.at(-1);
			if (packet && bytes + size <= this.#packetBytes) {
				packet.push(one);
				bytes += size;
			} else {
				packets.push([one]);
				bytes = size;
			}
		}
		return packets;
	}
}

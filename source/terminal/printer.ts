import { fstatSync, writeSync } from 'node:fs';
import { printableJson, visible } from '../text/visible.ts';

type StandardStream = typeof process.stdout | typeof process.stderr;

/** Bytes that wait for the reader of a log before further lines are dropped. */
const mostWaiting = 1_048_576;

/** A reader that went away (`| head`), or a terminal that was closed. */
const readerGone = new Set(['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);

/**
 * Prints on standard output or standard error. Everything that the program prints goes through here, the
 * screen's frames excepted: no text can steer the terminal or forge a line, and no full disk or closed
 * pipe ends the program.
 */
export class Printer {
	readonly #stream: StandardStream;
	readonly #isLog: boolean;
	readonly #isFile: boolean;
	#failure: NodeJS.ErrnoException | null = null;
	#gone = false;
	/** Lines that were lost since the last one that was written. */
	#lost = 0;
	/** Whether the file ends in the middle of a line. */
	#torn = false;
	/** Writes that the stream has not confirmed. */
	#underWay = 0;
	readonly #waiting: (() => void)[] = [];

	/** @param isLog whether lines are dropped, rather than held without limit, where the reader is too slow */
	constructor(stream: StandardStream, isLog: boolean) {
		this.#stream = stream;
		this.#isLog = isLog;
		this.#isFile = isFile(stream);
		// The callback of each write tells the same; without a listener the error would be thrown.
		stream.on('error', () => {});
	}

	/** What kept output from being written, in words; null where nothing did, or only its reader went away. */
	get failure(): string | null {
		return this.#failure?.message.replace(/, \w+$/, '') ?? null;
	}

	/** Prints a line, or several. A line break inside one is shown as a sign. */
	lines(lines: string | readonly string[]): void {
		const all = typeof lines === 'string' ? [lines] : lines;
		if (all.length > 0) this.#write(all.map(visible).join('\n'), all.length);
	}

	/** Prints one JSON document that parses back to exactly the value. */
	json(value: unknown): void {
		this.#write(printableJson(value, 2), 1);
	}

	/** Resolves when everything is written or lost. */
	async finished(): Promise<void> {
		if (this.#underWay > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
	}

	#write(text: string, lines: number): void {
		if (this.#gone) return;
		if (this.#isLog && this.#stream.writableLength > mostWaiting) {
			this.#lost += lines;
			return;
		}
		const gap = this.#lost > 0 ? `[lines that could not be written here: ${this.#lost}]\n` : '';
		const data = `${gap}${text}\n`;
		if (this.#isFile) this.#writeToFile(data, lines);
		else this.#writeToStream(data);
	}

	#writeToFile(data: string, lines: number): void {
		let left = Buffer.from(this.#torn ? `\n${data}` : data);
		try {
			while (left.length > 0) {
				// A disk that is nearly full takes a part, which Node's own stream counts as the whole.
				const written = writeSync(this.#stream.fd, left);
				left = left.subarray(written);
				this.#torn = left.length > 0;
			}
			this.#lost = 0;
		} catch (error) {
			this.#lost += lines;
			this.#failure ??= error as NodeJS.ErrnoException;
		}
	}

	#writeToStream(data: string): void {
		this.#lost = 0;
		this.#underWay += 1;
		this.#stream.write(data, (error?: NodeJS.ErrnoException | null) => {
			this.#underWay -= 1;
			if (error && readerGone.has(error.code ?? '')) this.#gone = true;
			else if (error) this.#failure ??= error;
			if (this.#underWay === 0) for (const resolve of this.#waiting.splice(0)) resolve();
		});
	}
}

/** Whether a stream takes what is written at once, or fails. */
function isFile({ fd, isTTY }: StandardStream): boolean {
	if (isTTY) return false;
	const state = fstatSync(fd);
	return state.isFile() || state.isCharacterDevice();
}

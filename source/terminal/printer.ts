import { fstatSync, writeSync } from 'node:fs';
import { printableJson, visible } from '../text/visible.ts';

type StandardStream = typeof process.stdout | typeof process.stderr;

/** Bytes buffered for a slow log reader before further lines are dropped. */
const mostWaiting = 1_048_576;

/** A reader that went away (`| head`), or a closed terminal. */
const readerGone = new Set(['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);

/**
 * Prints on standard output or standard error. Everything that the program prints goes through
 * here, except the screen's frames: no text can control the terminal or forge a line, and
 * neither a full disk nor a closed pipe ends the program.
 */
export class Printer {
	readonly #stream: StandardStream;
	readonly #isLog: boolean;
	readonly #isFile: boolean;
	#failure: NodeJS.ErrnoException | null = null;
	#gone = false;
	/** Lines lost since the last one written. */
	#lost = 0;
	/** True if the file ends in the middle of a line. */
	#torn = false;
	/** Writes that the stream has not confirmed yet. */
	#underWay = 0;
	readonly #waiting: (() => void)[] = [];

	/** @param isLog true to drop lines for a slow reader instead of buffering without limit */
	constructor(stream: StandardStream, isLog: boolean) {
		this.#stream = stream;
		this.#isLog = isLog;
		this.#isFile = isFile(stream);
		// Each write's callback reports the error too; without a listener it would be thrown.
		stream.on('error', () => {});
	}

	/** The error that kept output from being written; null if there was none, or only the reader went away. */
	get failure(): string | null {
		return this.#failure?.message.replace(/, \w+$/, '') ?? null;
	}

	/** Prints one or more lines. A line break inside a line is shown as a symbol. */
	lines(lines: string | readonly string[]): void {
		const all = typeof lines === 'string' ? [lines] : lines;
		if (all.length > 0) this.#write(all.map(visible).join('\n'), all.length);
	}

	/** Prints one JSON document that parses back to exactly `value`. */
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
		const gap = this.#lost > 0 ? `[lines lost here: ${this.#lost}]\n` : '';
		const data = `${gap}${text}\n`;
		if (this.#isFile) this.#writeToFile(data, lines);
		else this.#writeToStream(data);
	}

	#writeToFile(data: string, lines: number): void {
		let left = Buffer.from(this.#torn ? `\n${data}` : data);
		try {
			while (left.length > 0) {
				// An almost full disk may accept only a part, which Node's own stream would count as the whole.
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

/** True for a stream that accepts or rejects a write synchronously. */
function isFile({ fd, isTTY }: StandardStream): boolean {
	if (isTTY) return false;
	const state = fstatSync(fd);
	return state.isFile() || state.isCharacterDevice();
}

import { EventEmitter } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { visible } from '../text/visible.ts';
import type { FrameOutput } from './screen-output.ts';

/** What differs from second to second is no reason to read a line again. */
const figures = /\d[\d.,:]*\s?(?:[dhmskMG]|ms)?\b/g;

/**
 * A stream for Ink that a screen reader can follow: frames become plain lines, each written once
 * under the last one and nothing ever redrawn. A frame is written only where the person asked for
 * it, and of that frame only what is new.
 */
export class ReaderOutput extends EventEmitter implements FrameOutput {
	readonly isTTY = false;
	/** Wide enough to cut little, narrow enough that nothing stands side by side. */
	readonly columns = 118;
	readonly rows = 40;
	private read = new Set<string>();
	private wanted: string[] = [];
	private asked = false;
	private open = false;

	/**
	 * @param send takes what is to be read
	 * @param inWords a line of a frame as it is spoken; '' leaves it out
	 * @param cursor what the line under the cursor begins with: of that one every figure matters
	 */
	constructor(
		private readonly send: (text: string) => void,
		private readonly inWords: (line: string) => string,
		private readonly cursor: string,
	) {
		super();
	}

	write(frame: string): boolean {
		if (frame === '' || frame === '\n') return true;
		this.wanted = stripVTControlCharacters(frame)
			.split('\n')
			.map((line) => this.inWords(visible(line)))
			.filter(Boolean);
		this.flush();
		return true;
	}

	/** Says something at once, whatever is on the screen. */
	announce(text: string): void {
		if (this.open) this.send(`${visible(text)}\n`);
	}

	/** Reads what is new in the next frame, because the person did something. */
	expectChanges(): void {
		this.asked = true;
	}

	start(): void {
		this.open = true;
		this.invalidate();
	}

	stop(): void {
		this.open = false;
	}

	/** Reads the whole screen again. */
	invalidate(): void {
		this.expectWhole();
		this.flush();
	}

	/** Reads the next frame from the top. */
	expectWhole(): void {
		this.read = new Set();
		this.asked = true;
	}

	flush(): void {
		if (!this.open || !this.asked || this.wanted.length === 0) return;
		const fresh = this.wanted.filter((line) => !this.read.has(this.shape(line)));
		this.asked = false;
		// A line that the cursor leaves is the same as before.
		const seen = this.wanted.map((line) =>
			line.startsWith(this.cursor) ? [line, line.slice(this.cursor.length)] : [line],
		);
		this.read = new Set(seen.flat().map((line) => this.shape(line)));
		if (fresh.length > 0) this.send(`${fresh.join('\n')}\n`);
	}

	private shape(line: string): string {
		return line.startsWith(this.cursor) ? line : line.replace(figures, '0');
	}
}

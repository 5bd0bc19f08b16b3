import { EventEmitter } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { visible } from '../text/visible.ts';
import type { FrameOutput } from './screen-output.ts';

/** Figures change every second; a line that differs only in them is not read again. */
const figures = /\d[\d.,:]*\s?(?:[dhmskMG]|ms)?\b/g;

/**
 * A stream for Ink that a screen reader can follow. Frames become plain lines, each
 * written once below the last; nothing is redrawn. A frame is written only after a
 * user action, and of that frame only the new lines.
 */
export class ReaderOutput extends EventEmitter implements FrameOutput {
	readonly isTTY = false;
	/** Wide enough to avoid truncation, narrow enough to avoid columns side by side. */
	readonly columns = 118;
	readonly rows = 40;
	private read = new Set<string>();
	private wanted: string[] = [];
	private asked = false;
	private open = false;

	/**
	 * @param send receives the text to read
	 * @param inWords converts a line of a frame to spoken words; '' omits it
	 * @param cursor prefix of the line under the cursor, in which figures count as changes
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

	/** Says a text at once, whatever is on screen. */
	announce(text: string): void {
		if (this.open) this.send(`${visible(text)}\n`);
	}

	/** Reads the changes in the next frame, after a user action. */
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

	/** Reads the next frame completely. */
	expectWhole(): void {
		this.read = new Set();
		this.asked = true;
	}

	flush(): void {
		if (!this.open || !this.asked || this.wanted.length === 0) return;
		const fresh = this.wanted.filter((line) => !this.read.has(this.shape(line)));
		this.asked = false;
		// A line that merely loses the cursor is not new.
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

/** The stream Ink writes its frames to: it keeps the last frame and passes on what changed. */

import { EventEmitter } from 'node:events';
import { redraw } from './redraw.ts';

export interface ScreenTarget {
	columns: number;
	rows: number;
	/** False while the terminal has not taken what was sent before; `onDrain` follows. */
	write(data: string): boolean;
	onDrain(listener: () => void): void;
}

/** Where Ink's frames go, and what the session does to it. */
export interface FrameOutput extends NodeJS.EventEmitter {
	readonly columns: number;
	readonly rows: number;
	write(frame: string): boolean;
	start(): void;
	stop(): void;
	invalidate(): void;
	expectWhole(): void;
	flush(): void;
}

const clearScreen = '\u001b[H\u001b[2J';
/** Longer updates are shown at once by terminals that know synchronised output. */
const synchronisedFrom = 400;

/**
 * Meant for Ink with `debug: true`, where every write is one whole frame. It is no TTY in Ink's
 * eyes, so that Ink writes nothing but frames, and it never says 'resize': the screen's own size
 * hook redraws after a resize, with the right size already.
 */
export class ScreenOutput extends EventEmitter implements FrameOutput {
	readonly isTTY = false;
	private shown: string[] = [];
	private wanted: string[] = [];
	private whole = true;
	private open = false;
	private waiting = false;

	constructor(private readonly target: ScreenTarget) {
		super();
	}

	get columns(): number {
		return this.target.columns;
	}

	get rows(): number {
		return this.target.rows;
	}

	write(frame: string): boolean {
		// Ink's empty writes are barriers, not frames.
		if (frame === '' || frame === '\n') return true;
		this.wanted = frame.split('\n');
		this.flush();
		return true;
	}

	/** Starts to draw, on a screen of which nothing is known. */
	start(): void {
		this.open = true;
		this.invalidate();
	}

	stop(): void {
		this.open = false;
	}

	/** Forgets what is on screen and draws it anew: after a resize, or when others wrote on it. */
	invalidate(): void {
		this.whole = true;
		this.flush();
	}

	/** Forgets what is on screen, for the next frame to draw it anew. */
	expectWhole(): void {
		this.whole = true;
	}

	flush(): void {
		if (!this.open || this.waiting || (this.wanted.length === 0 && !this.whole)) return;
		const changes = redraw(this.whole ? [] : this.shown, this.wanted, this.target.rows);
		const data = this.whole ? clearScreen + changes : changes;
		this.whole = false;
		this.shown = this.wanted;
		if (data === '') return;
		const taken = this.target.write(
			data.length < synchronisedFrom ? data : `\u001b[?2026h${data}\u001b[?2026l`,
		);
		if (taken) return;
		// Frames that come while the line is busy replace one another; the last one is drawn.
		this.waiting = true;
		this.target.onDrain(() => {
			this.waiting = false;
			this.flush();
		});
	}
}

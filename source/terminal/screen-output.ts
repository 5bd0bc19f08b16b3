/** The stream that Ink writes its frames to. It keeps the last frame and sends only the changes. */

import { EventEmitter } from 'node:events';
import { redraw } from './redraw.ts';

export interface ScreenTarget {
	columns: number;
	rows: number;
	/** False while the terminal has not accepted earlier output; `onDrain` reports when it has. */
	write(data: string): boolean;
	onDrain(listener: () => void): void;
}

/** The receiver of Ink's frames, as the session controls it. */
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
/** Terminals that support synchronised output show updates of this length and more at once. */
const synchronisedFrom = 400;

/**
 * For Ink with `debug: true`, in which every write is one whole frame. It claims not to be a
 * TTY, so that Ink writes frames only. It never emits 'resize': the screen's own size hook
 * redraws after a resize, with the new size already set.
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

	/** Starts drawing on a screen with unknown content. */
	start(): void {
		this.open = true;
		this.invalidate();
	}

	stop(): void {
		this.open = false;
	}

	/** Redraws everything, after a resize or after other output on the screen. */
	invalidate(): void {
		this.whole = true;
		this.flush();
	}

	/** Makes the next frame a full redraw. */
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
		// While the line is busy only the latest frame is kept.
		this.waiting = true;
		this.target.onDrain(() => {
			this.waiting = false;
			this.flush();
		});
	}
}

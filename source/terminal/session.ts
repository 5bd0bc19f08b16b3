/**
 * The terminal while a screen is open: alternate screen, raw mode, size, and all ways to end. However the
 * program ends, the terminal is restored.
 */

import { clipboardText } from './clipboard.ts';
import { type HeldOutput, holdOutput } from './held-output.ts';
import { ReaderOutput } from './reader-output.ts';
import { type FrameOutput, ScreenOutput } from './screen-output.ts';

/** Why a session was ended from outside. A vanished terminal counts as SIGHUP. */
export type Ending = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

const endings: readonly Ending[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export interface TerminalStreams {
	stdin: NodeJS.ReadStream;
	stdout: NodeJS.WriteStream;
	stderr: NodeJS.WriteStream;
}

// Without autowrap a glyph that is wider than expected cannot push the next line down. Bracketed paste
// distinguishes pasted text from keys.
const drawing = '\u001b[?7l\u001b[?25l\u001b[?2004h';
const enterScreen = `\u001b[?1049h${drawing}`;
const leaveScreen = '\u001b[m\u001b[?2004l\u001b[?25h\u001b[?7h\u001b[?1049l';

// A screen reader follows the cursor and the lines as they arrive.
const enterReading = '\u001b[?2004h';
const leaveReading = '\u001b[?2004l';

/** Converts lines to words for a screen reader. */
export interface ReaderOptions {
	inWords(line: string): string;
	/** Prefix of the line under the cursor. */
	cursor: string;
}

/** Milliseconds that closing waits for a slow line to accept the last bytes. */
const longestDrain = 500;
/** Milliseconds after which a stop that did not happen counts as refused. */
const stopTakes = 50;

export class TerminalSession {
	readonly output: FrameOutput;
	/** Replaces the screen if a screen reader is used; otherwise null. */
	readonly reader: ReaderOutput | null;
	/** Resolves after a signal or the loss of the terminal, once the screen is closed. */
	readonly ended: Promise<Ending>;
	private readonly streams: TerminalStreams;
	private readonly resizeListeners = new Set<() => void>();
	private readonly undo: (() => void)[] = [];
	private readonly held: HeldOutput[] = [];
	private onScreen = false;
	private closed = false;
	/** True if the terminal can no longer be written to. */
	private lost = false;
	private hungUp = false;
	private resuming: NodeJS.Timeout | undefined;
	private readonly write: (data: string) => boolean;
	private resolveEnded: (ending: Ending) => void = () => undefined;

	constructor(streams: TerminalStreams, reading?: ReaderOptions) {
		this.streams = streams;
		this.ended = new Promise((resolve) => {
			this.resolveEnded = resolve;
		});
		const { stdout } = streams;
		this.write = stdout.write.bind(stdout);
		const send = (data: string) => this.lost || this.write(data);
		this.reader = reading ? new ReaderOutput(send, reading.inWords, reading.cursor) : null;
		this.output =
			this.reader ??
			new ScreenOutput({
				get columns() {
					return stdout.columns;
				},
				get rows() {
					return stdout.rows;
				},
				write: send,
				onDrain: (listener) => stdout.once('drain', listener),
			});
	}

	get size(): { columns: number; rows: number } {
		const { columns, rows } = this.output;
		return { columns, rows };
	}

	/** Calls back after every resize of the terminal. Returns the function that stops this. */
	onResize(listener: () => void): () => void {
		this.resizeListeners.add(listener);
		return () => this.resizeListeners.delete(listener);
	}

	/** Takes over the terminal. */
	open(): void {
		this.watchStreams();
		this.watchProcess();
		this.enter();
	}

	/** Restores the terminal and waits until it has accepted the last bytes. */
	async close(): Promise<void> {
		if (this.closed) return;
		this.closed = true;
		this.leave();
		for (const step of this.undo) step();
		if (!this.lost) await this.drained();
	}

	/** Sends text to the terminal's clipboard, if it has one. */
	copy(text: string): { sent: boolean; words: string } {
		const { sequence, words } = clipboardText(text, process.env);
		if (sequence === null || !this.onScreen) return { sent: false, words };
		this.write(sequence);
		return { sent: true, words };
	}

	/** Redraws everything, over any other output on the screen. */
	redraw(): void {
		this.output.invalidate();
	}

	/** Suspends the job like Ctrl-Z. `fg` brings the screen back. */
	suspend(): void {
		// Stops the whole job, as the terminal driver would: npx waits above this process.
		this.stop(0);
	}

	private on(
		emitter: NodeJS.EventEmitter,
		event: string,
		listener: (...values: never[]) => void,
	): void {
		const heard = listener as (...values: unknown[]) => void;
		emitter.on(event, heard);
		this.undo.push(() => emitter.off(event, heard));
	}

	private watchStreams(): void {
		const { stdin, stdout, stderr } = this.streams;
		// A closed pty shows as EIO on the next write or as end of input. Without listeners the error would be
		// thrown. They stay after a hang-up, as the caller may still print.
		const hangUp = () => this.hangUp();
		for (const stream of [stdin, stdout]) stream.on('error', hangUp);
		// Standard error may be a file on a full disk; the screen does not need it.
		const carryOn = () => undefined;
		stderr.on('error', carryOn);
		this.undo.push(() => {
			if (this.hungUp) return;
			for (const stream of [stdin, stdout]) stream.off('error', hangUp);
			stderr.off('error', carryOn);
		});
		this.on(stdin, 'end', hangUp);
		this.on(stdout, 'resize', () => this.resized());
	}

	private watchProcess(): void {
		for (const signal of endings) this.on(process, signal, () => this.end(signal));
		this.on(process, 'SIGTSTP', this.stopped);
		this.on(process, 'SIGCONT', () => this.resume());
		this.on(process, 'exit', () => this.leave());
		this.on(process, 'uncaughtExceptionMonitor', () => this.leave());
	}

	private enter(): void {
		if (this.onScreen || this.closed || this.lost) return;
		this.onScreen = true;
		const { stdin, stdout, stderr } = this.streams;
		stdin.setRawMode(true);
		this.write(this.reader ? enterReading : enterScreen);
		for (const stream of [stdout, stderr]) if (stream.isTTY) this.held.push(holdOutput(stream));
		this.output.start();
	}

	private leave(): void {
		if (!this.onScreen) return;
		this.onScreen = false;
		this.output.stop();
		try {
			this.streams.stdin.setRawMode(false);
		} catch {
			// The terminal is gone, and its modes with it.
		}
		if (!this.lost) this.write(this.reader ? leaveReading : leaveScreen);
		for (const held of this.held.splice(0)) held.release();
	}

	private end(ending: Ending): void {
		if (ending === 'SIGHUP') this.hungUp = true;
		this.leave();
		this.resolveEnded(ending);
	}

	private hangUp(): void {
		this.lost = true;
		this.end('SIGHUP');
	}

	private resized(): void {
		if (this.reader) return;
		this.output.expectWhole();
		for (const listener of this.resizeListeners) listener();
		// React renders nothing if the new size does not change the frame.
		setImmediate(() => this.output.flush());
	}

	private readonly stopped = (): void => this.stop(process.pid);

	private stop(target: number): void {
		this.leave();
		process.off('SIGTSTP', this.stopped);
		process.kill(target, 'SIGTSTP');
		// A job without a shell to resume it is not stopped; the screen then simply reopens.
		this.resuming = setTimeout(() => this.resume(), stopTakes);
	}

	private resume(): void {
		clearTimeout(this.resuming);
		if (this.closed) return;
		if (!process.listeners('SIGTSTP').includes(this.stopped)) process.on('SIGTSTP', this.stopped);
		if (!this.onScreen) {
			this.enter();
			return;
		}
		// After SIGSTOP: the shell has reset the terminal's modes meanwhile.
		this.streams.stdin.setRawMode(false);
		this.streams.stdin.setRawMode(true);
		this.write(this.reader ? enterReading : drawing);
		this.redraw();
	}

	private drained(): Promise<void> {
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, longestDrain);
			this.streams.stdout.write('', () => {
				clearTimeout(timer);
				resolve();
			});
		});
	}
}

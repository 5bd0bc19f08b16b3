/** A terminal without a window: runs a program in a pty and shows what a person would see. */

import { type IPty, spawn } from '@lydell/node-pty';
import headless from '@xterm/headless';

const { Terminal } = headless;

export interface TerminalOptions {
	cols?: number;
	rows?: number;
	env?: NodeJS.ProcessEnv;
	cwd?: string;
	/** Milliseconds that the program may live; it is killed then. */
	timeout?: number;
}

export interface Exit {
	code: number;
	signal: number | undefined;
}

/** What one cell of the screen shows; a wide sign takes two, of which the second is left out. */
export interface ScreenCell {
	text: string;
	column: number;
	width: number;
	/** Of the sixteen colours; null is the terminal's own. */
	colour: number | null;
	background: number | null;
	bold: boolean;
	dim: boolean;
	underline: boolean;
	inverse: boolean;
}

type Wanted = string | RegExp | ((lines: string[]) => boolean);

/** Milliseconds to wait for something to appear; a loaded machine is slow to load React. */
const longestWait = 20_000;

export class PtyTerminal {
	/** Resolves when the program has ended and all it wrote has been taken in. */
	readonly exited: Promise<Exit>;
	private readonly pty: IPty;
	private readonly terminal: InstanceType<typeof Terminal>;
	private readonly changed = new Set<() => void>();
	private received = '';
	private ended: Exit | null = null;

	constructor(command: string, args: string[], options: TerminalOptions = {}) {
		const { cols = 80, rows = 24, env = {}, cwd = process.cwd(), timeout = 60_000 } = options;
		this.terminal = new Terminal({ cols, rows, allowProposedApi: true });
		this.pty = spawn(command, args, {
			// The package sets TERM to it.
			name: env.TERM ?? 'xterm-256color',
			cols,
			rows,
			cwd,
			// With CI set Ink writes nothing until it ends.
			env: { ...process.env, CI: 'false', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', ...env },
		});
		this.pty.onData((data) => {
			this.received += data;
			this.terminal.write(data, () => this.announce());
		});
		const timer = setTimeout(() => this.kill('SIGKILL'), timeout);
		this.exited = new Promise((resolve) => {
			this.pty.onExit(({ exitCode, signal }) => {
				clearTimeout(timer);
				// An empty write calls back after everything before it.
				this.terminal.write('', () => {
					this.ended = { code: exitCode, signal: signal || undefined };
					this.announce();
					resolve(this.ended);
				});
			});
		});
	}

	get pid(): number {
		return this.pty.pid;
	}

	/** Everything the program has sent so far. */
	get raw(): string {
		return this.received;
	}

	/** The lines on screen, without the blanks at their ends. */
	screen(): string[] {
		const { active } = this.terminal.buffer;
		return Array.from({ length: this.terminal.rows }, (_, row) =>
			(active.getLine(active.baseY + row)?.translateToString(true) ?? '').trimEnd(),
		);
	}

	/** The cells on screen, row by row. */
	cells(): ScreenCell[][] {
		const { active } = this.terminal.buffer;
		return Array.from({ length: this.terminal.rows }, (_, row) => {
			const line = active.getLine(active.baseY + row);
			return Array.from({ length: this.terminal.cols }, (_cell, column) => {
				const cell = line?.getCell(column);
				if (!cell || cell.getWidth() === 0) return [];
				return {
					text: cell.getChars() || ' ',
					column,
					width: cell.getWidth(),
					colour: cell.isFgDefault() ? null : cell.getFgColor(),
					background: cell.isBgDefault() ? null : cell.getBgColor(),
					bold: cell.isBold() !== 0,
					dim: cell.isDim() !== 0,
					underline: cell.isUnderline() !== 0,
					inverse: cell.isInverse() !== 0,
				};
			}).flat();
		});
	}

	get onAlternateScreen(): boolean {
		return this.terminal.buffer.active.type === 'alternate';
	}

	/** Whether the program last asked for a visible cursor. */
	get cursorVisible(): boolean {
		return this.received.lastIndexOf('\u001b[?25h') >= this.received.lastIndexOf('\u001b[?25l');
	}

	/** Types; control keys as they arrive, such as `\u001b` for Esc. */
	press(keys: string): void {
		this.pty.write(keys);
	}

	resize(cols: number, rows: number): void {
		this.terminal.resize(cols, rows);
		this.pty.resize(cols, rows);
	}

	/** Closes the terminal's own end, as a dropped connection does. */
	hangUp(): void {
		// Left out of the package's types.
		(this.pty as IPty & { destroy(): void }).destroy();
	}

	kill(signal = 'SIGTERM'): void {
		if (!this.ended) this.pty.kill(signal);
	}

	/** Waits until a text, a pattern or a condition holds for the screen; resolves to its lines. */
	waitForScreen(wanted: Wanted, timeout = longestWait): Promise<string[]> {
		const holds = (): boolean => {
			const lines = this.screen();
			if (typeof wanted === 'function') return wanted(lines);
			const text = lines.join('\n');
			return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
		};
		return new Promise((resolve, reject) => {
			const finish = (settle: () => void) => {
				clearTimeout(timer);
				this.changed.delete(look);
				settle();
			};
			const look = () => {
				if (holds()) finish(() => resolve(this.screen()));
				else if (this.ended) finish(() => reject(this.missing(wanted, 'the program ended')));
			};
			const timer = setTimeout(
				() => finish(() => reject(this.missing(wanted, `${timeout} ms passed`))),
				timeout,
			);
			this.changed.add(look);
			look();
		});
	}

	private missing(wanted: Wanted, why: string): Error {
		return new Error(
			`${why} before the screen showed ${String(wanted)}. It shows:\n${this.screen().join('\n')}`,
		);
	}

	private announce(): void {
		for (const listener of this.changed) listener();
	}
}

/** Starts a program in its own terminal. */
export function openTerminal(
	command: string,
	args: string[],
	options: TerminalOptions = {},
): PtyTerminal {
	return new PtyTerminal(command, args, options);
}

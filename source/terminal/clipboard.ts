/**
 * Copying over the terminal (OSC 52), which works through SSH. No terminal answers whether it took
 * the text: some do so only where their settings allow it, and some do not know the sequence.
 */

/** Bytes of a text at most: xterm takes a sequence of 100,000 characters. */
const mostBytes = 74_000;

/** GNU screen passes on sequences of so many characters at a time. */
const screenPiece = 700;

export interface ClipboardText {
	/** What to write to the terminal; null where that is of no use. */
	sequence: string | null;
	/** What it depends on, or why there is nothing to write, in words. */
	words: string;
}

/** The text as it is sent to the clipboard of the terminal. Base64: nothing in it can steer it. */
export function clipboardText(text: string, env: NodeJS.ProcessEnv): ClipboardText {
	const bytes = Buffer.from(text);
	if (bytes.length > mostBytes) {
		const words = `it is too long for a terminal's clipboard (${bytes.length} bytes, at most ${mostBytes})`;
		return { sequence: null, words };
	}
	if (env.TERM === 'linux' || env.TERM === 'dumb') {
		return { sequence: null, words: 'this terminal has no clipboard' };
	}
	const sequence = `\u001b]52;c;${bytes.toString('base64')}\u0007`;
	if (env.TMUX) {
		return {
			sequence,
			words: 'Whether it arrived is not certain: tmux passes it on with `set-clipboard on`.',
		};
	}
	const words = 'Whether it arrived is not certain: not every terminal allows it.';
	if (env.STY) return { sequence: throughScreen(sequence), words };
	return { sequence, words };
}

/** GNU screen keeps what it does not know to itself, unless it is wrapped. */
function throughScreen(sequence: string): string {
	const pieces = sequence.match(new RegExp(`.{1,${screenPiece}}`, 'gs')) ?? [];
	return pieces.map((piece) => `\u001bP${piece}\u001b\\`).join('');
}

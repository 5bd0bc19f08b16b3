/**
 * Copying through the terminal (OSC 52), which works over SSH. Terminals do not confirm the copy: some allow
 * it only if so configured, and some do not know the sequence.
 */

/** Maximum size of a text in bytes: xterm accepts a sequence of 100,000 characters. */
const mostBytes = 74_000;

/** The most characters per sequence that GNU screen passes on. */
const screenPiece = 700;

export interface ClipboardText {
	/** The bytes to write to the terminal; null if it cannot copy. */
	sequence: string | null;
	/** The condition for success, or the reason for failure. */
	words: string;
}

/** The OSC 52 sequence for a text. As Base64 it cannot contain control characters. */
export function clipboardText(text: string, env: NodeJS.ProcessEnv): ClipboardText {
	const bytes = Buffer.from(text);
	if (bytes.length > mostBytes) {
		const words = `it is too long for a terminal's clipboard (${bytes.length} bytes, maximum ${mostBytes})`;
		return { sequence: null, words };
	}
	if (env.TERM === 'linux' || env.TERM === 'dumb') {
		return { sequence: null, words: 'this terminal has no clipboard' };
	}
	const sequence = `\u001b]52;c;${bytes.toString('base64')}\u0007`;
	if (env.TMUX) {
		return {
			sequence,
			words: 'The terminal does not confirm it: tmux needs `set-clipboard on`.',
		};
	}
	const words = 'The terminal does not confirm it: some terminals do not allow copying.';
	if (env.STY) return { sequence: throughScreen(sequence), words };
	return { sequence, words };
}

/** GNU screen swallows sequences that it does not know unless they are wrapped. */
function throughScreen(sequence: string): string {
	const pieces = sequence.match(new RegExp(`.{1,${screenPiece}}`, 'gs')) ?? [];
	return pieces.map((piece) => `\u001bP${piece}\u001b\\`).join('');
}

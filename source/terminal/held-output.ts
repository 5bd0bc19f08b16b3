/** Keeps what other code prints (a library's warning, say) off the screen until it is closed. */

import { visible } from '../text/visible.ts';

/** Characters kept; the newest win. */
const most = 65_536;

type Write = NodeJS.WriteStream['write'];

export interface HeldOutput {
	/** Lets the stream print again and prints what was kept. */
	release(): void;
}

export function holdOutput(stream: NodeJS.WriteStream): HeldOutput {
	const original = stream.write;
	let kept = '';
	const hold = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
		kept = (kept + (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())).slice(
			-most,
		);
		const callback = rest.at(-1);
		if (typeof callback === 'function') process.nextTick(callback);
		return true;
	};
	stream.write = hold as Write;
	return {
		release() {
			stream.write = original;
			if (kept !== '') stream.write(kept.split('\n').map(visible).join('\n'));
			kept = '';
		},
	};
}

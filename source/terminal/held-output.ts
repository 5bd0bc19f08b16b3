/** Keeps output of other code (such as a library's warning) off the screen until the screen closes. */

import { visible } from '../text/visible.ts';

/** Most characters kept; the oldest are dropped. */
const most = 65_536;

type Write = NodeJS.WriteStream['write'];

export interface HeldOutput {
	/** Restores the stream and prints the kept output. */
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

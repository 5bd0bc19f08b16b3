import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { Printer } from '../../source/terminal/printer.ts';

/** A pipe whose reader takes what is in it when told to. */
function slowPipe() {
	const taken: string[] = [];
	let release: (() => void) | null = null;
	const stream = new Writable({
		write: (chunk, _encoding, done) => {
			release = () => {
				taken.push(String(chunk));
				done();
			};
		},
	});
	const drain = async () => {
		while (stream.writableLength > 0) {
			release?.();
			await new Promise(setImmediate);
		}
		return taken.join('');
	};
	// A test's own output is a pipe.
	return { stream: Object.assign(stream, { fd: 1, isTTY: false }) as never, drain };
}

it('lines of a log that nobody reads are dropped beyond a limit, and what is missing is told', async () => {
	const { stream, drain } = slowPipe();
	const log = new Printer(stream, true);
	const line = 'x'.repeat(1023);
	for (let index = 0; index < 3_000; index += 1) log.lines(line);
	const first = await drain();
	log.lines('again');
	const kept = first.length / 1024;
	expect(kept).toBeLessThan(1_100);
	expect((await drain()).slice(first.length)).toBe(`[lines lost here: ${3_000 - kept}]\nagain\n`);
	expect(log.failure).toBeNull();
});

it('results wait for their reader, however many they are', async () => {
	const { stream, drain } = slowPipe();
	const results = new Printer(stream, false);
	results.lines(Array.from({ length: 3_000 }, () => 'x'.repeat(1023)));
	results.json({ last: true });
	let isFinished = false;
	const finished = results.finished().then(() => {
		isFinished = true;
	});
	await new Promise(setImmediate);
	expect(isFinished).toBe(false);
	expect(await drain()).toMatch(/x\n\{\n {2}"last": true\n\}\n$/);
	await finished;
});

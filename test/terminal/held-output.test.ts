import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { holdOutput } from '../../source/terminal/held-output.ts';

function stream() {
	let printed = '';
	const writable = new Writable({
		write(chunk, _encoding, done) {
			printed += chunk.toString();
			done();
		},
	});
	return { stream: writable as unknown as NodeJS.WriteStream, printed: () => printed };
}

test('held output is printed when the hold ends', () => {
	const { stream: target, printed } = stream();
	const held = holdOutput(target);
	target.write('one\n');
	target.write(Buffer.from('two\n'));
	expect(printed()).toBe('');
	held.release();
	expect(printed()).toBe('one\ntwo\n');
	target.write('three\n');
	expect(printed()).toBe('one\ntwo\nthree\n');
});

test('a caller that waits for a write learns of its end', async () => {
	const { stream: target } = stream();
	const held = holdOutput(target);
	await new Promise((resolve) => target.write('one', resolve));
	held.release();
});

test('of very much the newest is kept', () => {
	const { stream: target, printed } = stream();
	const held = holdOutput(target);
	target.write('x'.repeat(100_000));
	target.write('the end');
	held.release();
	expect(printed().length).toBeLessThan(70_000);
	expect(printed()).toMatch(/the end$/);
});

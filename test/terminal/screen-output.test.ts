import { expect, test } from 'vitest';
import { ScreenOutput } from '../../source/terminal/screen-output.ts';

function open(rows = 3) {
	const sent: string[] = [];
	const drains: (() => void)[] = [];
	let busy = false;
	const output = new ScreenOutput({
		columns: 20,
		rows,
		write(data) {
			sent.push(data);
			return !busy;
		},
		onDrain: (listener) => drains.push(listener),
	});
	return {
		output,
		sent,
		jam: () => {
			busy = true;
		},
		drain: () => {
			busy = false;
			for (const listener of drains.splice(0)) listener();
		},
	};
}

test('the first frame clears the screen, the next ones send what changed', () => {
	const { output, sent } = open();
	output.write('one\ntwo');
	expect(sent).toEqual([]);
	output.start();
	output.write('one\ntwo!');
	expect(sent).toEqual(['\u001b[H\u001b[2J\u001b[1;1Hone\u001b[2;1Htwo', '\u001b[2;4H!']);
});

test('a frame like the one before sends nothing', () => {
	const { output, sent } = open();
	output.start();
	output.write('one');
	sent.length = 0;
	output.write('one');
	expect(sent).toEqual([]);
});

test('a stopped output sends nothing more', () => {
	const { output, sent } = open();
	output.start();
	output.stop();
	sent.length = 0;
	output.write('one');
	expect(sent).toEqual([]);
});

test('what Ink writes besides frames is not taken for one', () => {
	const { output, sent } = open();
	output.start();
	output.write('one');
	sent.length = 0;
	output.write('');
	output.write('\n');
	expect(sent).toEqual([]);
});

test('an invalidated screen is redrawn', () => {
	const { output, sent } = open();
	output.start();
	output.write('one');
	sent.length = 0;
	output.invalidate();
	expect(sent).toEqual(['\u001b[H\u001b[2J\u001b[1;1Hone']);
});

test('on a slow line frames replace one another until it is free', () => {
	const { output, sent, jam, drain } = open();
	output.start();
	jam();
	output.write('1');
	output.write('2');
	output.write('3');
	drain();
	expect(sent.slice(1)).toEqual(['\u001b[1;1H1', '\u001b[1;1H3']);
});

test('a long update is one step for terminals that can show it so', () => {
	const { output, sent } = open();
	output.start();
	output.write('x'.repeat(500));
	expect(sent.at(-1)).toMatch(/^\u001b\[\?2026h.*\u001b\[\?2026l$/s);
});

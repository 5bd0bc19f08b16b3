import { PassThrough } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { TerminalSession } from '../../source/terminal/session.ts';

class FakeTty extends PassThrough {
	readonly isTTY = true;
	columns = 80;
	rows = 24;
	raw = false;
	sent = '';

	constructor() {
		super();
		this.on('data', (data) => {
			this.sent += data.toString();
		});
	}

	setRawMode(raw: boolean): this {
		this.raw = raw;
		return this;
	}
}

const watched = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGTSTP', 'SIGCONT', 'exit'];
const listening = () => watched.map((event) => process.listenerCount(event));

let session: TerminalSession | undefined;

afterEach(() => session?.close());

function open() {
	const tty = { stdin: new FakeTty(), stdout: new FakeTty(), stderr: new FakeTty() };
	session = new TerminalSession({
		stdin: tty.stdin as unknown as NodeJS.ReadStream,
		stdout: tty.stdout as unknown as NodeJS.WriteStream,
		stderr: tty.stderr as unknown as NodeJS.WriteStream,
	});
	session.open();
	return { session, ...tty };
}

test('a session takes the terminal and gives it back once, with no listener left behind', async () => {
	const before = listening();
	const { session: opened, stdin, stdout } = open();
	expect(stdin.raw).toBe(true);
	expect(stdout.sent).toContain('\u001b[?1049h');
	await opened.close();
	await opened.close();
	expect(stdin.raw).toBe(false);
	expect(stdout.sent.match(/\u001b\[\?1049l/g)).toHaveLength(1);
	expect(stdout.sent).toMatch(/\u001b\[\?25h.*\u001b\[\?1049l$/);
	expect(listening()).toEqual(before);
	expect(stdout.listenerCount('error')).toBe(0);
});

test('a frame is drawn while the session is open and none after it', async () => {
	const { session: opened, stdout } = open();
	opened.output.write('hello');
	expect(stdout.sent).toContain('hello');
	await opened.close();
	const after = stdout.sent;
	opened.output.write('too late');
	expect(stdout.sent).toBe(after);
});

test('a terminal that refuses a write counts as hung up, and nothing more is sent to it', async () => {
	const { session: opened, stdout } = open();
	stdout.emit('error', Object.assign(new Error('write EIO'), { code: 'EIO' }));
	expect(await opened.ended).toBe('SIGHUP');
	const after = stdout.sent;
	opened.output.write('hello');
	await opened.close();
	expect(stdout.sent).toBe(after);
	// The caller may still print; the next error must not end the program either.
	stdout.emit('error', new Error('write EIO'));
});

test('an end of the input counts as hung up', async () => {
	const { session: opened, stdin } = open();
	stdin.emit('end');
	expect(await opened.ended).toBe('SIGHUP');
});

test('listeners get a new size, and the next frame is drawn completely', async () => {
	const { session: opened, stdout } = open();
	const sizes: unknown[] = [];
	const stop = opened.onResize(() => sizes.push(opened.size));
	opened.output.write('hello');
	stdout.columns = 60;
	stdout.rows = 15;
	stdout.sent = '';
	stdout.emit('resize');
	opened.output.write('hello');
	expect(sizes).toEqual([{ columns: 60, rows: 15 }]);
	expect(stdout.sent).toContain('\u001b[2J');
	expect(stdout.sent).toContain('hello');
	stop();
	stdout.emit('resize');
	expect(sizes).toHaveLength(1);
});

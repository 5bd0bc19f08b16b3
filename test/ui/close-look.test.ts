import { expect, test } from 'vitest';
import type { RowInspection } from '../../source/engine/api/row-comparison.ts';
import { SyncError } from '../../source/errors.ts';
import { change, conflict, end, inspection, pair, parked, table } from '../support/fake-engine.ts';
import { noon, showScreen } from '../support/screen.tsx';

const esc = '\u001b';

function shop() {
	return pair('shop', {
		looked_at: noon,
		conflicts: 1,
		changes: { local_to_cloud: [change(7)], cloud_to_local: [] },
		conflict_list: [conflict(12), conflict(9, { kept: 'cloud', open: false })],
		directions: {
			local_to_cloud: { pending: 1, oldest_pending_seconds: 4, errors: 2, last_batch: null },
			cloud_to_local: { pending: 0, oldest_pending_seconds: null, errors: 0, last_batch: null },
		},
		parked_list: [parked(3, { message: `${'a long story '.repeat(20)}and its end` }), parked(4)],
	});
}

test('Enter on a change shows the row of both sides, differences by a sign, NULL told from an empty text', async () => {
	const { engine, press, text } = await showScreen([shop()]);
	await press('\r2\r');
	expect(engine.requests).toContain('inspect shop customers x7');
	expect(text()).toMatch(/^── customers id=7 ─/m);
	expect(text()).toMatch(/^ {3}id +7 +7$/m);
	expect(text()).toMatch(/^ ≠ name +Ada +Eve$/m);
	expect(text()).toMatch(/^ ≠ note +NULL +''$/m);
	expect(text()).toContain('2 of 3 columns differ');
	await press(esc);
	expect(text()).toMatch(/❯ UPDATE/);
});

test('Enter reads the row anew, and how old the values are is said', async () => {
	const { engine, press, pass, text } = await showScreen([shop()]);
	engine.inspected = async () => inspection({ at: noon });
	await press('\r2\r');
	await pass(65_000);
	expect(text()).toContain('read 1m ago');
	engine.inspected = async () => {
		const read = inspection({ at: noon + 65_000 });
		read.now.there.cloud = false;
		for (const column of read.now.columns) Object.assign(column, { cloud: null, same: null });
		return read;
	};
	await press('\r');
	expect(text()).toContain('read 0s ago');
	expect(text()).toContain('the row exists only on local');
	expect(text()).toContain('CLOUD  no such row');
	expect(text()).not.toContain('≠');
});

test('o in the tables asks for the key of any row, and shows that row and what is on record of it', async () => {
	const { engine, press, text, store } = await showScreen([
		pair('shop', {
			tables: [table('customers'), table('logs', { skipped_reason: 'no primary key' })],
		}),
	]);
	await press('\r3o');
	expect(text()).toMatch(/^ customers █? ?/m);
	await press('\r');
	expect(engine.requests.filter((one) => one.startsWith('inspect'))).toEqual([]);
	await press('43');
	await press('\u007f');
	await press('2');
	expect(text()).toMatch(/^ customers 42/m);
	await press('\r');
	expect(engine.requests).toContain('inspect shop customers 42');
	expect(text()).toMatch(/^── customers 42 ─/m);
	expect(text()).toContain('opened by its key');
	await press('\r');
	expect(engine.requests.filter((one) => one.startsWith('inspect'))).toHaveLength(2);
	await press(esc);
	expect(text()).toMatch(/❯ customers/);

	await press('o7');
	await press(esc);
	expect(store.getState().asking).toBeNull();
	await press('j');
	await press('o');
	expect(text()).toContain('logs is skipped: no primary key.');
	expect(store.getState().asking).toBeNull();
});

test('what a request has done to the row is seen at once', async () => {
	const { engine, press, shows } = await showScreen([shop()]);
	await press('\r4\r');
	await press('L');
	await press('y');
	await shows('shop: done');
	expect(engine.requests.slice(-2)).toEqual([
		'resolve shop L12 local',
		'inspect shop customers x12 L12',
	]);
});

test('the history of a row is read whole, however narrow the screen', async () => {
	const { engine, press, text } = await showScreen([shop()], { columns: 60 });
	const by = 'ops on site-b.example.com, process 4711';
	const event = { at: null, side: 'cloud', text: `INSERT from site-b applied, by ${by}` } as const;
	engine.inspected = async () => inspection({ history: [event] });
	await press('\r2\r');
	await press('G');
	expect(text()).toMatch(
		/\? {2}cloud {2}INSERT from site-b applied, by ops\n +on site-b.example.com, process 4711$/m,
	);
});

test('back from a conflict the cursor is on it, whatever has come in above it', async () => {
	const { engine, press, shows } = await showScreen([shop()]);
	await press('\r4\r');
	const newer = conflict(15);
	engine.update('shop', ({ conflict_list }) => ({
		conflict_list: [newer, ...(conflict_list ?? [])],
	}));
	await press(esc);
	await shows(/ {3}L15 .*\n ❯ L12 /);
});

test('a row that cannot be read says why', async () => {
	const { engine, press, shows } = await showScreen([shop()]);
	engine.inspected = async () => {
		throw new SyncError('unreachable', 'neither end can be reached', { pair: 'shop' });
	};
	await press('\r2\r');
	await shows('the row could not be read:');
	await shows('neither end can be reached');
});

test('a conflict shows both versions on record beside the row of now', async () => {
	const { engine, press, text } = await showScreen([shop()]);
	const read = inspection();
	engine.inspected = async () => ({ ...read, conflict: read.now });
	await press('\r4');
	expect(text()).toMatch(/❯ L12 +customers +id=12 +1m ago +! unresolved/);
	expect(text()).toMatch(/L9 +customers +id=9 +1m ago +✓ cloud/);
	await press('\r');
	expect(engine.requests.at(-1)).toBe('inspect shop customers x12 L12');
	expect(text()).toContain('at conflict time  2 of 3 columns differ');
	expect(text()).toContain('current values');
});

test.each([
	['L', 'local', 'the row is not changed', 'the row is overwritten'],
	['C', 'cloud', 'the row is overwritten', 'the row is not changed'],
])(
	'%s asks before it keeps a version, and names pair, hosts and effect',
	async (key, side, local, cloud) => {
		const { engine, press, text, shows } = await showScreen([shop()]);
		await press('\r4');
		await press(key);
		expect(text()).toContain(`Keep the ${side} version of customers id=12 (L12 of shop)?`);
		expect(text()).toMatch(new RegExp(`local │ 127.0.0.1:3306/shop +│ ${local}`));
		expect(text()).toMatch(new RegExp(`cloud │ db.example.com:3306/shop +│ ${cloud}`));
		await press('\r');
		await shows('Cancelled. Nothing was changed.');
		await press(key);
		await press('y');
		await shows('shop: done');
		expect(engine.requests.filter((each) => each.startsWith('resolve'))).toEqual([
			`resolve shop L12 ${side}`,
		]);
	},
);

test('a question about a conflict says that the row is deleted where the kept side has none', async () => {
	const { engine, press, text, shows } = await showScreen([shop()]);
	let answer = (_row: RowInspection): void => undefined;
	engine.inspected = () =>
		new Promise((resolve) => {
			answer = resolve;
		});
	await press('\r4C');
	expect(text()).toMatch(/local │ 127.0.0.1:3306\/shop +│ the row becomes the cloud version/);
	const read = inspection();
	read.now.there.cloud = false;
	answer(read);
	await shows(/local │ 127.0.0.1:3306\/shop +│ the row is deleted/);
	expect(text()).toMatch(/cloud │ db.example.com:3306\/shop +│ the row stays deleted/);
	await press('n');
	await press('L');
	answer(read);
	await shows(/cloud │ db.example.com:3306\/shop +│ the row is restored/);
});

test('a conflict that is decided says whose version was kept', async () => {
	const { press, text } = await showScreen([shop()]);
	await press('\r4');
	await press('j');
	await press('L');
	expect(text()).toContain('L9 is already resolved: cloud won.');
});

test('a parked change shows all of its error, and r and R try it or all again', async () => {
	const { engine, press, text, shows } = await showScreen([shop()]);
	await press('\r5');
	expect(text()).toMatch(/❯ → +UPDATE +orders +id=3 +a long story.* 3 +in 2m$/m);
	await press('\r');
	expect(text()).toContain('and its end');
	expect(text()).toContain('3 attempts, next in 2m');
	await press(esc);
	await press('r');
	await shows('shop: done');
	await press('R');
	await shows('shop: done');
	const retries = engine.requests.filter((each) => each.startsWith('retry'));
	expect(retries).toEqual(['retry shop L3', 'retry shop']);
});

test('where nothing is parked or in conflict the keys say so', async () => {
	const { engine, press, text } = await showScreen([pair('shop', { looked_at: noon })]);
	await press('r');
	expect(text()).toContain('shop has no parked changes.');
	await press('\r4');
	expect(text()).toContain('no conflicts');
	await press('L');
	expect(text()).toContain('shop has no conflicts.');
	await press('5r');
	expect(text()).toContain('shop has no parked changes.');
	await press('\r');
	expect(text()).toContain('Nothing is selected.');
	expect(engine.requests).toEqual(['watch shop']);
});

test.each(['L', 'r', 'f'])('on a read-only pair %s says so', async (key) => {
	const { engine, press, text } = await showScreen([{ ...shop(), read_only: true }]);
	await press(key === 'L' ? '\r4' : '\r5');
	await press(key);
	expect(text()).toContain('shop is read-only');
	expect(engine.requests).toEqual(['watch shop']);
});

test('a side that cannot be reached is told from one without the row', async () => {
	const { engine, press, text } = await showScreen([
		{ ...shop(), cloud: end({ reachable: false, error: 'refused' }) },
	]);
	const read = inspection();
	read.now.there.cloud = null;
	engine.inspected = async () => read;
	await press('\r2\r');
	expect(text()).toContain('CLOUD  cannot be reached');
	expect(text()).toContain('only one side could be read');
});

test('one request waits for the other, and a failure is not hidden by what went well after it', async () => {
	const { engine, press, shows, text } = await showScreen([shop()]);
	const finish: ((error?: Error) => void)[] = [];
	engine.answer = () =>
		new Promise((resolve, reject) => {
			finish.push((error) => (error ? reject(error) : resolve('')));
		});
	await press('>');
	await press('<');
	expect(text()).toContain(
		'▶ forcing shop from local to cloud…   then forcing shop from cloud to local…',
	);
	await press('>');
	expect(engine.requests).toEqual(['force shop local_to_cloud', 'force shop cloud_to_local']);
	finish[0]?.(new SyncError('busy', 'the table is locked'));
	finish[1]?.();
	await shows('✗ the table is locked');
});

import { expect, test } from 'vitest';
import { SyncError } from '../../../source/errors.ts';
import { end, pair, table } from '../../support/fake-engine.ts';
import { noon, showScreen } from '../../support/screen.tsx';

const shop = () => pair('shop', { looked_at: noon });

test.each([
	['f', 'force shop local_to_cloud cloud_to_local', 'shop: done'],
	['b', 'force shop local_to_cloud cloud_to_local once', 'shop: done'],
	['>', 'force shop local_to_cloud', 'shop: done'],
	['<', 'force shop cloud_to_local', 'shop: done'],
	['i', 'install shop', 'shop: done'],
])('%s asks the engine and shows what came of it', async (key, request, answer) => {
	const { engine, press, shows } = await showScreen([shop()]);
	await press(key);
	await shows(answer);
	expect(engine.requests).toEqual([request]);
});

test('a request that runs is shown, counts its seconds, and is not started twice', async () => {
	const { engine, press, pass, shows, text } = await showScreen([shop()]);
	let finish = (_answer: string): void => undefined;
	engine.answer = () =>
		new Promise((resolve) => {
			finish = resolve;
		});
	await press('f');
	expect(text()).toContain('▶ forcing shop both ways…');
	await pass(3000);
	expect(text()).toContain('▶ forcing shop both ways… 3s');
	await press('f');
	finish('ran both ways: no change to cloud, none to local');
	await shows('shop: ran both ways: no change to cloud');
	expect(engine.requests).toHaveLength(1);
});

test('an error is shown with its place and the cure', async () => {
	const { engine, press, shows, text } = await showScreen([shop()]);
	engine.answer = async () => {
		throw new SyncError('denied', 'CREATE TRIGGER was refused', {
			pair: 'shop',
			side: 'cloud',
			hint: 'Set log_bin_trust_function_creators to 1.',
		});
	};
	await press('i');
	await shows('✗ pair shop, cloud: CREATE TRIGGER was refused');
	expect(text()).toContain('Set log_bin_trust_function_creators to 1.');
});

test('a cure that is too long for its lines is marked as cut', async () => {
	const { engine, press, shows, lines } = await showScreen([shop()]);
	engine.answer = async () => {
		throw new SyncError('denied', `refused ${'because '.repeat(20)}`, {
			hint: `Do this, ${'and that, '.repeat(20)}and no more.`,
		});
	};
	await press('i');
	await shows('refused because');
	expect(lines().at(-4)).toMatch(/^ ✗ refused because/);
	expect(lines().at(-3)).toMatch(/because.*…$/);
	expect(lines().at(-2)).toMatch(/^ {3}Do this, .*…$/);
});

test('an error of the engine that is old news takes one line', async () => {
	const { engine, shows, pass, lines } = await showScreen([shop()]);
	const message = `refused ${'because '.repeat(20)}\nDo this.`;
	engine.notice({ at: noon, level: 'error', message });
	await shows(/ {12}Do this\.$/m);
	expect(lines().at(-4)).toMatch(/^ ✗ \d\d:\d\d:\d\d shop: refused/);
	await pass(21_000);
	expect(lines().at(-2)).toMatch(/^ ✗ \d\d:\d\d:\d\d shop: refused .*…$/);
	expect(lines().at(-3)).not.toContain('because');
});

test('an error is not wiped off by a routine notice, and is by a later one', async () => {
	const { engine, press, shows, text } = await showScreen([shop()]);
	engine.answer = async () => {
		throw new SyncError('denied', 'no right');
	};
	await press('i');
	await shows('no right');
	engine.notice({ at: noon + 2000, message: 'applied 5 changes' });
	await shows('recent');
	expect(text()).toContain('✗ no right');
	engine.notice({ at: noon + 60_000, message: 'applied 6 changes' });
	await shows(/· \d\d:\d\d:\d\d shop: applied 6 changes/);
	expect(text()).not.toContain('no right');
});

test('p pauses, and resumes a paused pair', async () => {
	const { engine, press, shows, text } = await showScreen([shop()], { columns: 120 });
	expect(text()).toContain('p pause');
	await press('p');
	await shows('‖ paused');
	expect(text()).toContain('shop: paused');
	expect(text()).toContain('p resume');
	await press('p');
	await shows('● idle');
	expect(engine.requests).toEqual(['pause shop', 'resume shop']);
});

test('a pair that another engine runs is not paused here, as if that stopped it', async () => {
	const holder = {
		name: 'ops on site-b, process 4711',
		process: 4711,
		since: '2026-01-02T08:00:00Z',
	};
	const standby = { state: 'standby', held_here: false, holder } as const;
	const { engine, press, text } = await showScreen([pair('shop', { looked_at: noon, ...standby })]);
	await press('p');
	expect(text()).toMatch(
		/! Another process is syncing shop \(ops on site-b, process 4711\); pause it\s+there\./,
	);
	expect(engine.requests).toEqual([]);
});

test('a pair that was paused here before another engine took it can be resumed', async () => {
	const holder = {
		name: 'ops on site-b, process 4711',
		process: 4711,
		since: '2026-01-02T08:00:00Z',
	};
	const paused = { state: 'paused', held_here: false, holder } as const;
	const { engine, press } = await showScreen([pair('shop', { looked_at: noon, ...paused })]);
	await press('p');
	expect(engine.requests).toEqual(['resume shop']);
});

test('the log keeps what keys brought about', async () => {
	const { engine, press, shows, text } = await showScreen([shop()]);
	await press('\r3');
	await press('ju');
	await press('y');
	await shows('shop: done');
	await press('p');
	engine.answer = async () => 'ran both ways: no change to cloud, none to local';
	await press('f');
	await shows('shop: ran both ways');
	await press('6');
	expect(text()).toMatch(/· {3}orders: done\n.* · {3}paused$/m);
	expect(text()).toMatch(/ 2 of 2 ──$/m);
});

test('keys act on the pair under the cursor', async () => {
	const { engine, press, shows } = await showScreen([shop(), pair('branch', { looked_at: noon })]);
	await press('j');
	await press('f');
	await shows('branch: done');
	expect(engine.requests).toEqual(['force branch local_to_cloud cloud_to_local']);
});

test('in the tables view i and u are about the selected table', async () => {
	const { engine, press, shows } = await showScreen([shop()]);
	await press('\r3');
	await press('j');
	await press('i');
	await shows('shop: done');
	await press('u');
	await shows('Uninstall the triggers of table orders of shop?');
	await press('y');
	await shows('shop: done');
	expect(engine.requests).toEqual(['watch shop', 'install shop orders', 'uninstall shop orders']);
});

test('uninstalling asks first and names pair, hosts and effect', async () => {
	const { engine, press, text, shows } = await showScreen([shop()]);
	await press('u');
	expect(text()).toContain('Uninstall the triggers of all tables of shop?');
	expect(text()).toMatch(/│ local │ 127\.0\.0\.1:3306\/shop +│ triggers of 2 tables are dropped/);
	expect(text()).toMatch(
		/│ cloud │ db\.example\.com:3306\/shop +│ triggers of 2 tables are dropped/,
	);
	expect(text()).toContain('are not recorded and will never be synced');
	expect(engine.requests).toEqual([]);
	await press('y');
	await shows('shop: done');
	expect(engine.requests).toEqual(['uninstall shop']);
});

test.each([
	['Enter', '\r'],
	['Esc', '\u001b'],
	['n', 'n'],
	['q', 'q'],
])('%s answers no', async (_name, key) => {
	const { engine, press, shows, asked } = await showScreen([shop()]);
	await press('u');
	await press(key);
	await shows('Cancelled. Nothing was changed.');
	expect(engine.requests).toEqual([]);
	expect(asked).toEqual([]);
});

test('the question fits the smallest terminal and keeps wide names in their table', async () => {
	const address = { local: '127.0.0.1:3306/客户数据库', cloud: 'db.example.com:3306/shop' };
	const small = await showScreen([pair('shop', { looked_at: noon, address })], {
		columns: 60,
		rows: 15,
	});
	await small.press('u');
	expect(small.text()).toContain('local  127.0.0.1:3306/客户数据库');
	expect(small.text()).toContain('y uninstalls them   n, Esc, Enter cancel');
	const usual = await showScreen([pair('shop', { looked_at: noon, address })]);
	await usual.press('u');
	const bars = (side: string) =>
		usual
			.lines()
			.find((line) => line.includes(`│ ${side}`))
			?.split('│')
			.map((cell) => cell.length);
	const wide = bars('local') ?? [];
	const plain = bars('cloud') ?? [];
	// Five wide signs take five cells more than they count.
	expect(wide.map((length, index) => length + (index === 2 ? 5 : 0))).toEqual(plain);
});

test.each([
	['f', pair('shop', { read_only: true }), 'shop is read-only'],
	['i', pair('shop', { cloud: end({ reachable: null }) }), 'has not been reached yet'],
	[
		'u',
		pair('shop', { cloud: end({ reachable: false, error: 'connection refused\n  Start it.' }) }),
		'The cloud server of shop cannot be reached (connection refused).',
	],
])('%s says why it cannot act', async (key, unable, reason) => {
	const { engine, press, text } = await showScreen([unable]);
	await press(key);
	expect(text()).toContain(reason);
	expect(engine.requests).toEqual([]);
	await press('j');
	expect(text()).not.toContain(reason);
});

test('a skipped table says why its triggers cannot be installed', async () => {
	const audit = table('audit', { primary_key: [], skipped_reason: 'it has no primary key' });
	const { engine, press, text } = await showScreen([
		pair('shop', { looked_at: noon, tables: [audit] }),
	]);
	await press('\r3');
	await press('i');
	expect(text()).toContain('! audit is skipped: it has no primary key.');
	expect(engine.requests).toEqual(['watch shop']);
});

test('q and Ctrl-C ask to quit from every view, Ctrl-L and Ctrl-Z do theirs', async () => {
	const { press, asked } = await showScreen([shop()]);
	await press('q');
	await press('\r');
	await press('\u0003');
	await press('?');
	await press('q');
	await press('\u000c');
	await press('\u001a');
	expect(asked).toEqual(['quit by q', 'quit by ctrl-c', 'quit by q', 'redraw', 'suspend']);
});

test('while the engine finishes only the quitting keys count', async () => {
	const { engine, store, press, text, asked } = await showScreen([shop()]);
	store.setState({ finishing: true });
	await press('f');
	expect(text()).toContain('finishing the current batch…');
	await press('q');
	expect(engine.requests).toEqual([]);
	expect(asked).toEqual(['quit by q']);
});

test('a pasted text presses no keys', async () => {
	const { engine, press, text, asked } = await showScreen([shop()]);
	await press('\u001b[200~if you buy it, quit\rnow\u001b[201~');
	expect(engine.requests).toEqual([]);
	expect(asked).toEqual([]);
	expect(text()).toContain('❯ shop');
	await press('?');
	expect(text()).toContain('keys in the pairs view');
});

test('a question cannot be answered in one go with what asked it', async () => {
	const { engine, press, text } = await showScreen([shop()]);
	await press('uy');
	expect(text()).toContain('Uninstall the triggers');
	expect(engine.requests).toEqual([]);
});

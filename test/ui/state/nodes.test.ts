import { expect, test } from 'vitest';
import type { LivePair } from '../../../source/engine/api/snapshot.ts';
import { SyncError } from '../../../source/errors.ts';
import { end, pair } from '../../support/fake-engine.ts';
import { beforeNoon, noon, showScreen } from '../../support/screen.tsx';

const esc = '\u001b';

/** A site of a hub: the hub's log is kept for two other sites. */
function shop(values: Partial<LivePair> = {}): LivePair {
	const own = { seen_at: beforeNoon(3), waiting: null };
	return pair('shop', {
		looked_at: noon,
		directions: {
			local_to_cloud: { pending: 5, oldest_pending_seconds: 4, errors: 1, last_batch: null },
			cloud_to_local: { pending: 7, oldest_pending_seconds: 4, errors: 0, last_batch: null },
		},
		logs: {
			local: { changes: 40, since: beforeNoon(90), nodes: [{ node_id: 'cloud', ...own }] },
			cloud: {
				changes: 12_400,
				since: beforeNoon(9000),
				nodes: [
					{ node_id: 'site-a', ...own },
					{ node_id: 'site-b', seen_at: beforeNoon(7300), waiting: 12 },
					{ node_id: 'site-c', seen_at: null, waiting: 10_000 },
				],
			},
		},
		...values,
	});
}

test('the overview tells which node of another pair is silent for longest, and n lists all', async () => {
	const { press, text } = await showScreen([shop()]);
	await press('\r');
	expect(text()).toContain('change log  about 40 rows, oldest 1m, retained for cloud');
	expect(text()).toContain('oldest 2h; site-c never seen, 1 more (n)');
	await press('n');
	expect(text()).toMatch(/❯ site-b +2h ago +12 +cloud$/m);
	expect(text()).toMatch(/ {3}site-c +never +10,000\+ +cloud$/m);
	expect(text()).toMatch(/ {3}cloud +3s ago +5 +local +this pair$/m);
	expect(text()).toMatch(/ {3}site-a +3s ago +7 +cloud +this pair$/m);
	expect(text()).toContain('┤1 Overview├');
	await press(esc);
	expect(text()).toContain('attention');
});

test('Tab leads from the nodes to the views beside the overview', async () => {
	const { press, text } = await showScreen([shop()]);
	await press('\rn');
	await press('\t');
	expect(text()).toContain('┤2 Changes├');
	await press('1n');
	await press('\u001b[Z');
	expect(text()).toContain('┤6 Log├');
});

test('x forgets the node under the cursor once that is answered with yes', async () => {
	const { engine, press, shows, text } = await showScreen([shop()], { columns: 60, rows: 15 });
	await press('\rn');
	await press('x');
	expect(text()).toContain('Forget node site-b of shop?');
	expect(text()).toMatch(/local {2}127\.0\.0\.1:3306\/shop\n +nothing retained for it/);
	expect(text()).toMatch(/cloud {2}db\.example\.com:3306\/shop\n +it never receives 12 changes/);
	expect(text()).toContain('site-b was last seen 2h ago.');
	expect(text()).toContain('y forgets it   n, Esc, Enter cancel');
	await press('\r');
	await shows('Cancelled. Nothing was changed.');
	expect(engine.requests).toEqual(['watch shop']);
	await press('j');
	await press('x');
	expect(text()).toContain('site-c has never been seen here.');
	await press('y');
	await shows('shop: done');
	expect(engine.requests).toEqual(['watch shop', 'forget shop site-c']);
});

test.each<[string, string, LivePair, string]>([
	['a node of the pair', 'G', shop(), 'site-a is the local node of this pair'],
	['a read-only pair', 'g', shop({ read_only: true }), 'shop is read-only'],
	[
		'a pair that cannot be reached',
		'g',
		shop({ cloud: end({ node_id: 'cloud', reachable: false, error: 'connection refused' }) }),
		'The cloud server of shop cannot be reached (connection refused).',
	],
	['no log', 'g', shop({ logs: { local: null, cloud: null } }), 'have not been read yet'],
	[
		'no node',
		'g',
		shop({ logs: { local: null, cloud: { changes: 0, since: null, nodes: [] } } }),
		'The logs of shop are not retained for any node yet.',
	],
])('of %s x says why it forgets nothing', async (_what, to, unable, reason) => {
	const { engine, press, text } = await showScreen([unable]);
	await press('\rn');
	await press(to);
	await press('x');
	expect(text().replaceAll(/\s*\n\s*/g, ' ')).toContain(reason);
	expect(engine.requests).toEqual(['watch shop']);
});

test('of a blocked pair an own node may be forgotten, since its id may be that of another database', async () => {
	const { engine, press, shows, text } = await showScreen([shop({ state: 'blocked' })]);
	await press('\rnG');
	await press('x');
	expect(text()).toContain(
		'If another database used this id, the database of this pair replaces it.',
	);
	engine.answer = async () => {
		throw new SyncError('usage', 'site-a is a node of this very pair', { pair: 'shop' });
	};
	await press('y');
	await shows('✗ pair shop: site-a is a node of this very pair');
});

test('U drops the change log once that is answered with yes, and says what is lost', async () => {
	const { engine, press, shows, text } = await showScreen([shop()], { columns: 60, rows: 15 });
	await press('U');
	expect(text()).toContain('Drop the change log of shop and all its records?');
	expect(text()).toMatch(/db\.example\.com:3306\/shop\n +log, records and triggers dropped/);
	expect(text().replaceAll(/\s*\n\s*/g, ' ')).toContain(
		'Lost for good: 12 pending changes, 1 parked, 0 conflicts.',
	);
	expect(text()).toContain('Other pairs that use either database lose theirs too.');
	expect(text()).toContain('y drops them   n, Esc, Enter cancel');
	await press('\r');
	await shows('Cancelled. Nothing was changed.');
	await press('U');
	await press('y');
	await shows('shop: done');
	expect(engine.requests).toEqual(['drop log shop']);
});

test('U says who else is at work on the pair', async () => {
	const holder = {
		name: 'ops on far.example.com, process 9',
		process: 9,
		since: '2026-01-02T08:00:00Z',
	};
	const { engine, press, text } = await showScreen([shop({ held_here: false, holder })]);
	await press('U');
	expect(text()).toContain('Another process is syncing shop (ops on far.example.com, process 9)');
	expect(engine.requests).toEqual([]);
});

import { expect, test } from 'vitest';
import { busyPair } from '../support/busy-pair.ts';
import { end, pair, table } from '../support/fake-engine.ts';
import { beforeNoon, noon, showScreen } from '../support/screen.tsx';

test('the overview tells ends, logs, directions, batches, holder and what needs a person', async () => {
	const { press, text } = await showScreen([busyPair()]);
	await press('\r');
	expect(text()).toMatch(/local {2}✓ site-a +MariaDB 10\.11\.19 +0\.4 ms/);
	expect(text()).toContain('change log  about 19,634 rows, oldest 3d, retained for cloud');
	expect(text()).toMatch(/→ local to cloud +1,204 pending +oldest 3m 20s +312\/s/);
	expect(text()).toMatch(/← cloud to local +37 pending +oldest 31s +✗ 2 parked +0\/s/);
	expect(text()).toMatch(/pending [▁-█?]+ +top 1,304/);
	expect(text()).toContain('batches 100 in 45 ms 3s ago · 99 in 46 ms 8s ago 1 conflict');
	expect(text()).toContain('next run in 4m  every 10m 0s');
	expect(text()).toContain('engine    this process');
	expect(text()).toContain(
		'attention ! 2 conflicts (4)  ✗ 2 parked (5)  ✗ triggers missing on 2 tables',
	);
});

test('what to do about a problem is told whole where there are rows for it', async () => {
	const what = 'another engine holds the pair: ops on site-b.example.com, process 4711';
	const cure =
		'A run that is forced on a screen is passed on to it; when it ends, the next engine takes over.';
	const { press, text } = await showScreen([
		pair('shop', { looked_at: noon, state: 'standby', problem: `pair shop: ${what}\n  ${cure}` }),
	]);
	await press('\r3');
	expect(text()).toMatch(/passed on to it; when it ends, the\n +next engine takes over\.$/m);
});

test('an error of several lines covers the end of the overview and does not arrange it anew', async () => {
	const { engine, press, shows, lines } = await showScreen([busyPair()]);
	await press('\r');
	const before = lines();
	const message = `refused ${'because '.repeat(20)}\nDo this.`;
	engine.notice({ at: noon, level: 'error', message });
	await shows(/ Do this\.$/m);
	expect(lines().slice(0, 18)).toEqual(before.slice(0, 18));
});

test('on a narrow screen what is parked is told rather than the last batch', async () => {
	const { press, text } = await showScreen([busyPair()], { columns: 60, rows: 15 });
	await press('\r3');
	expect(text()).toMatch(/← +37 {2}pending {2}oldest 31s +✗ 2 parked$/m);
});

test('a paused pair says which key resumes it, where that key does', async () => {
	const { engine, press, shows, text } = await showScreen([pair('shop', { looked_at: noon })]);
	await press('\r');
	expect(text()).not.toContain('p resumes');
	await press('p');
	await shows(/state +‖ paused {2}next run — {2}every 10m 0s {2}p resumes$/m);
	engine.update('shop', () => ({ read_only: true }));
	await shows(/every 10m 0s {2}read-only$/m);
});

test('while an end is down, what is known to need a person is still told, and what is not known', async () => {
	const direction = { pending: 0, oldest_pending_seconds: null, errors: 0, last_batch: null };
	const { press, text } = await showScreen([
		pair('shop', {
			looked_at: noon,
			conflicts: null,
			cloud: end({ reachable: false, error: 'connect ECONNREFUSED' }),
			directions: {
				local_to_cloud: { ...direction, errors: 1 },
				cloud_to_local: { ...direction, pending: null, errors: null },
			},
			tables: [table('audit', { skipped_reason: 'no primary key' })],
		}),
	]);
	await press('\r');
	expect(text()).toMatch(
		/attention \? conflicts \(4\) {2}✗ 1\+\? parked \(5\) {2}1 skipped \(3\)$/m,
	);
});

test('what is not known is a question mark in the overview too', async () => {
	const unknown = { pending: null, oldest_pending_seconds: null, errors: null, last_batch: null };
	const { press, text } = await showScreen([
		pair('shop', {
			looked_at: null,
			conflicts: null,
			holder: undefined,
			held_here: false,
			rate: { local_to_cloud: null, cloud_to_local: null },
			trend: {
				local_to_cloud: [{ at: noon - 5000, pending: null, applied: 0 }],
				cloud_to_local: [],
			},
			local: end({ reachable: null, server: null, latency_ms: null }),
			directions: { local_to_cloud: unknown, cloud_to_local: unknown },
		}),
	]);
	await press('\r');
	expect(text()).toMatch(/→ local to cloud +\? pending +\?\/s$/m);
	expect(text()).toMatch(/pending +\? +top \?$/m);
	expect(text()).toMatch(/change log +\?$/m);
	expect(text()).toMatch(/engine +\?$/m);
	expect(text()).toMatch(/attention \?$/m);
	expect(text()).toContain('not read yet');
});

test('another engine that holds the pair is named', async () => {
	const { press, text } = await showScreen([
		pair('shop', {
			state: 'standby',
			looked_at: noon,
			held_here: false,
			holder: {
				name: 'ops on far.example.com, process 9',
				process: 9,
				since: '2026-01-02T08:00:00Z',
			},
			problem: 'held by ops on far.example.com, process 9',
		}),
	]);
	await press('\r');
	expect(text()).toMatch(/engine +ops on far\.example\.com, process 9, active for 4h$/m);
	expect(text()).toContain('○ standby');
	expect(text()).toContain('! held by ops on far.example.com');
});

test('numbers change in their places', async () => {
	const { engine, press, lines, shows } = await showScreen([busyPair()]);
	await press('\r');
	const place = () =>
		lines()
			.find((line) => line.includes('→ local'))
			?.indexOf('pending');
	const before = place();
	engine.update('shop', ({ directions, rate }) => ({
		directions: { ...directions, local_to_cloud: { ...directions.local_to_cloud, pending: 7 } },
		rate: { ...rate, local_to_cloud: 4.25 },
	}));
	await shows(/→ local to cloud +7 pending .* 4\.3\/s$/m);
	expect(place()).toBe(before);
});

test('the log follows its end until one scrolls up, and G follows it again', async () => {
	const { engine, press, lines, shows, text } = await showScreen([
		pair('shop', { looked_at: noon }),
	]);
	const say = (from: number, to: number) => {
		for (let line = from; line <= to; line += 1) {
			engine.notice({ message: `line ${line}`, at: Date.parse(beforeNoon(0)) + line });
		}
	};
	say(1, 40);
	await press('\r6');
	await shows(/❯ .* line 40$/m);
	say(41, 45);
	await shows(/❯ .* line 45$/m);
	await press('kk');
	await shows(/❯ .* line 43$/m);
	say(46, 60);
	await shows('43 of 60');
	expect(text()).toMatch(/❯ .* line 43$/m);
	await press('G');
	await shows(/❯ .* line 60$/m);
	say(61, 62);
	await shows(/❯ .* line 62$/m);
	engine.notice({ level: 'error', message: 'it broke\n  Mend it.', at: noon });
	engine.notice({ pair: 'other', message: 'elsewhere' });
	await press('/');
	await press('error');
	await shows(/❯ .*✗.* it broke Mend it\.$/m);
	expect(text()).not.toContain('elsewhere');
	await press('\r\r');
	expect(lines().join('\n')).toMatch(/shop: it broke\n +Mend it\./);
});

test.each([
	['unverified', '! TLS, server identity not verified'],
	['clear', '! not encrypted'],
] as const)(
	'a line that is %s is told below its end, on a narrow screen too',
	async (security, words) => {
		const pairs = [
			pair('shop', { looked_at: noon, security: { local: 'own machine', cloud: security } }),
		];
		for (const size of [{}, { columns: 60, rows: 15 }]) {
			const { press, lines } = await showScreen(pairs, size);
			await press('\r');
			const end = lines().findIndex((line) => line.includes('MySQL 9.7.4'));
			expect(lines()[end + 1]?.trim()).toBe(words);
			expect(lines().join('\n').split(words)).toHaveLength(2);
		}
	},
);

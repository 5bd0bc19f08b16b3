import { expect, test } from 'vitest';
import type { DirectionSnapshot } from '../../source/engine/api/snapshot.ts';
import { end, pair, table } from '../support/fake-engine.ts';
import { beforeNoon, noon, showScreen } from '../support/screen.tsx';

function direction(values: Partial<DirectionSnapshot>): DirectionSnapshot {
	return { pending: 0, oldest_pending_seconds: null, errors: 0, last_batch: null, ...values };
}

test('a pair at rest shows its latencies, no pending changes and its next run', async () => {
	const { lines } = await showScreen([
		pair('shop', { looked_at: noon, next_run_at: noon + 4 * 60_000 + 30_000 }),
	]);
	expect(lines()[0]).toMatch(/^ mysql-sync-tui 1\.2\.3 · site-a +1 pair {3}→ 0 {3}← 0$/);
	expect(lines()[1]).toMatch(/^ +PAIR +STATE +LOCAL +CLOUD PENDING → PENDING ← +OLDEST +NEXT$/);
	expect(lines()[2]).toMatch(/^ ❯ shop +● idle +0\.4 ms +98 ms +0 +0 +— +in 4m$/);
});

test('a running pair shows counts with separators, the oldest age and the last batches', async () => {
	const { text, lines } = await showScreen([
		pair('shop', {
			state: 'running',
			looked_at: noon - 1000,
			directions: {
				local_to_cloud: direction({
					pending: 1204,
					oldest_pending_seconds: 199,
					last_batch: { at: beforeNoon(3), applied: 100, milliseconds: 45 },
				}),
				cloud_to_local: direction({ pending: 37, oldest_pending_seconds: 4, errors: 2 }),
			},
		}),
	]);
	expect(lines()[2]).toMatch(/▶ running .* 1,204 +37 +3m 20s +now$/);
	expect(text()).toMatch(/→ +1,204 {2}pending {2}oldest 3m 20s +last 100 in 45 ms, 3s ago/);
	expect(text()).toMatch(/← +37 {2}pending {2}oldest 5s +no batch yet {2}✗ 2 parked/);
});

test('ages grow with the clock and the columns stay where they are', async () => {
	const { lines, pass } = await showScreen([
		pair('shop', {
			looked_at: noon,
			next_run_at: noon + 20_000,
			directions: {
				local_to_cloud: direction({ pending: 5, oldest_pending_seconds: 58 }),
				cloud_to_local: direction({}),
			},
		}),
	]);
	expect(lines()[2]).toMatch(/ 58s +in 20s$/);
	const before = lines()[2]?.length;
	await pass(3000);
	expect(lines()[2]).toMatch(/ 1m 1s +in 17s$/);
	expect(lines()[2]).toHaveLength(before ?? 0);
});

test('what was never looked at is unknown and not zero', async () => {
	const unknown = direction({ pending: null });
	const { lines, text } = await showScreen([
		pair('shop', {
			looked_at: null,
			local: end({ reachable: null, server: null, latency_ms: null }),
			cloud: end({ reachable: null, server: null, latency_ms: null }),
			directions: { local_to_cloud: unknown, cloud_to_local: unknown },
		}),
	]);
	expect(lines()[0]).toMatch(/→ \? {3}← \?$/);
	expect(lines()[2]).toMatch(/● idle +\? +\? +\? +\? +\? +—$/);
	expect(text()).toMatch(/\? site-a +127\.0\.0\.1:3306\/shop +connecting/);
});

test('an unreachable end shows its error, the cure, and counts marked with their age', async () => {
	const { lines, text } = await showScreen([
		pair('archive', {
			state: 'offline',
			looked_at: noon - 180_000,
			next_run_at: noon + 20_000,
			local: end({
				reachable: false,
				server: null,
				latency_ms: null,
				error: 'connect ECONNREFUSED',
			}),
			problem: 'pair archive, local: connect ECONNREFUSED\n  Check that the server runs.',
			directions: {
				local_to_cloud: direction({ pending: 5, oldest_pending_seconds: 7200 }),
				cloud_to_local: direction({ pending: 1_234_567 }),
			},
		}),
	]);
	expect(lines()[0]).toContain('1 pair  ✗ 1 down   → ~5   ← ~1,234,567');
	expect(lines()[2]).toMatch(/✗ offline {2}✗ down +98 ms +~5 3m +~1\.2M 3m +~2h 3m +in 20s$/);
	expect(text()).toMatch(/✗ site-a +127\.0\.0\.1:3306\/archive +connect ECONNREFUSED/);
	expect(text()).toMatch(/→ +~5 {2}pending {2}as of 3m 0s ago/);
	expect(text()).toMatch(/! local: connect ECONNREFUSED\n +Check that the server runs\./);
});

test('a count that the engine stopped renewing is marked although both ends answer', async () => {
	const { lines, pass } = await showScreen([pair('shop', { looked_at: noon })]);
	await pass(6000);
	expect(lines()[2]).not.toContain('~');
	await pass(1000);
	expect(lines()[2]).toMatch(/~0 7s +~0 7s/);
});

test('a pair that cannot run says why, and a total leaves room for what is unknown', async () => {
	const { lines, text } = await showScreen([
		pair('shop', {
			looked_at: noon,
			directions: { local_to_cloud: direction({ pending: 9 }), cloud_to_local: direction({}) },
		}),
		pair('hr', {
			state: 'blocked',
			looked_at: null,
			problem: 'a table named change_log exists that is not this program’s',
			directions: {
				local_to_cloud: direction({ pending: null }),
				cloud_to_local: direction({ pending: null }),
			},
		}),
	]);
	expect(lines()[0]).toMatch(/2 pairs {2}✗ 1 down {3}→ 9\+\? {3}← 0\+\?$/);
	expect(lines()[3]).toMatch(/hr +! blocked/);
	expect(text()).not.toContain('a table named change_log');
});

test('the details follow the cursor', async () => {
	const { press, text } = await showScreen([
		pair('shop', { looked_at: noon }),
		pair('branch', { looked_at: noon, state: 'paused', read_only: true, conflicts: 2 }),
	]);
	await press('j');
	expect(text()).toMatch(/── branch {2}‖ paused ─+ read-only {3}2 conflicts {3}2 of 2 ──/);
});

test('j, k, g, G, the arrows and the paging keys move, and stop at the ends', async () => {
	const pairs = Array.from({ length: 40 }, (_, index) =>
		pair(`pair-${index + 1}`, { looked_at: noon }),
	);
	const { press, text } = await showScreen(pairs);
	const at = () => text().match(/❯ (\S+)/)?.[1];
	await press('k');
	expect(at()).toBe('pair-1');
	await press('jj');
	expect(at()).toBe('pair-3');
	await press('\u001b[B');
	expect(at()).toBe('pair-4');
	await press('\u001b[A');
	expect(at()).toBe('pair-3');
	await press('G');
	expect(at()).toBe('pair-40');
	await press('\u001b[6~');
	expect(at()).toBe('pair-40');
	await press('\u001b[5~');
	expect(at()).toBe('pair-27');
	await press('g');
	expect(at()).toBe('pair-1');
});

test('the cursor stays on its pair when others come and go', async () => {
	const { store, press, shows, text } = await showScreen([
		pair('shop', { looked_at: noon }),
		pair('branch', { looked_at: noon }),
	]);
	await press('j');
	const { snapshot } = store.getState();
	store.setState({
		snapshot: { ...snapshot, pairs: [pair('new', { looked_at: noon }), ...snapshot.pairs] },
	});
	await shows('3 pairs');
	expect(text()).toMatch(/❯ branch/);
});

test('long and wide names keep the columns straight', async () => {
	const { lines } = await showScreen([
		pair('客户评论与反馈数据库一号', { looked_at: noon }),
		pair('a_name_that_is_much_longer_than_its_column', { looked_at: noon }),
		pair('shop', { looked_at: noon }),
	]);
	const [wide = '', long = '', plain = ''] = lines().slice(2, 5);
	expect(long.indexOf('● idle')).toBe(plain.indexOf('● idle'));
	// Seven wide signs take seven cells more than they count.
	expect(wide.indexOf('● idle') + 6).toBe(plain.indexOf('● idle'));
	expect(wide).toContain('客户评论与反…');
});

test('a narrow terminal keeps name, state, pending changes and the next run', async () => {
	const { lines } = await showScreen([pair('shop', { looked_at: noon })], {
		columns: 60,
		rows: 15,
	});
	expect(lines()[1]).toMatch(/^ +PAIR +STATE +PENDING → PENDING ← +OLDEST +NEXT$/);
	expect(lines().every((line) => line.length <= 60)).toBe(true);
	expect(lines()).toHaveLength(15);
});

test('a wide terminal names the servers and the last batches', async () => {
	const { lines } = await showScreen([pair('shop', { looked_at: noon })], {
		columns: 200,
		rows: 50,
	});
	expect(lines()[1]).toMatch(/LOCAL +CLOUD +PENDING → +PENDING ← +OLDEST +LAST → +LAST ← +NEXT$/);
	expect(lines()[2]).toMatch(/MariaDB 10\.11\.19 +0\.4 ms +MySQL 9\.7\.4 +98 ms/);
});

test('recent notices are listed with their sign and direction', async () => {
	const { engine, shows, text } = await showScreen([pair('shop', { looked_at: noon })]);
	engine.notice({ direction: 'local_to_cloud', message: 'applied 100 changes in 45 ms' });
	engine.notice({ level: 'error', side: 'cloud', message: 'pair shop, the server went away' });
	await shows('recent');
	expect(text()).toMatch(/\d\d:\d\d:\d\d · shop +→ applied 100 changes in 45 ms/);
	expect(text()).toMatch(/\d\d:\d\d:\d\d ✗ shop +cloud: the server went away/);
});

test('without Unicode everything is said in ASCII', async () => {
	const { text } = await showScreen([pair('shop', { looked_at: noon, state: 'paused' })], {
		unicode: false,
	});
	expect(text()).toMatch(/^[\x20-\x7e\n]*$/);
	expect(text()).toMatch(/> shop +. paused/);
});

test('a warning that comes by itself takes one line and shows that it goes on', async () => {
	const { engine, shows, lines } = await showScreen([pair('shop', { looked_at: noon })]);
	engine.notice({ level: 'warning', message: `${'word '.repeat(30)}end\n  a hint` });
	await shows('recent');
	expect(lines().at(-2)).toMatch(/^ ! \d\d:\d\d:\d\d shop: word .*…$/);
	expect(lines().at(-3)).toBe('');
});

test('a pair that needs a person is marked in the list, and lacking triggers are told beside its name', async () => {
	const missing = { local: 'missing', cloud: 'installed' } as const;
	const parked = { pending: 1, oldest_pending_seconds: 5, errors: 1, last_batch: null };
	const { press, text, lines } = await showScreen([
		pair('shop', { looked_at: noon, tables: [table('stock', { triggers: missing })] }),
		pair('branch', { looked_at: noon }),
		pair('hub', {
			looked_at: noon,
			directions: { local_to_cloud: parked, cloud_to_local: { ...parked, errors: null } },
		}),
	]);
	expect(lines()[2]).toMatch(/^ ❯ ! shop +● idle/);
	expect(lines()[3]).toMatch(/^ {3}branch +● idle/);
	expect(lines()[4]).toMatch(/^ {3}! hub +● idle/);
	expect(text()).toMatch(/── shop {2}● idle ─+ triggers missing on 1 table {3}1 of 3 ──$/m);
	await press('j');
	expect(text()).toMatch(/── branch {2}● idle ─+ 2 of 3 ──$/m);
});

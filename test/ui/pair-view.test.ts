import { expect, test } from 'vitest';
import { change, end, pair, table } from '../support/fake-engine.ts';
import { columnRounds } from '../support/findings/columns.ts';
import { beforeNoon, noon, showScreen } from '../support/screen.tsx';

const noBatch = { oldest_pending_seconds: null, errors: 0, last_batch: null };

function withChanges(toCloud: number, toLocal: number) {
	const list = (length: number, origin: string) =>
		Array.from({ length: Math.min(length, 200) }, (_, index) =>
			change(index + 1, { source_node: origin, changed_at: beforeNoon(200 - index) }),
		);
	return {
		changes: { local_to_cloud: list(toCloud, 'site-a'), cloud_to_local: list(toLocal, 'site-b') },
		directions: {
			local_to_cloud: { ...noBatch, pending: toCloud },
			cloud_to_local: { ...noBatch, pending: toLocal },
		},
	};
}

test('Enter opens the pair with both ends, Esc leads back, and the engine knows what is watched', async () => {
	const { engine, press, text, lines } = await showScreen([
		pair('shop', { looked_at: noon, next_run_at: noon + 300_000 }),
	]);
	await press('\r');
	expect(lines()[0]).toMatch(/^ mysql-sync-tui › shop +● idle {3}next in 5m$/);
	expect(text()).toMatch(/local {2}✓ site-a +MariaDB 10\.11\.19 +0\.4 ms +127\.0\.0\.1:3306\/shop/);
	expect(text()).toMatch(/cloud {2}✓ cloud +MySQL 9\.7\.4 +98 ms +db\.example\.com:3306\/shop/);
	await press('\u001b');
	expect(lines()[0]).toContain('1 pair');
	expect(engine.requests).toEqual(['watch shop', 'watch nothing']);
});

test('the changes of both directions are listed oldest first with operation, table, key, origin and age', async () => {
	const { press, text } = await showScreen([
		pair('shop', {
			looked_at: noon,
			directions: {
				local_to_cloud: { ...noBatch, pending: 1 },
				cloud_to_local: { ...noBatch, pending: 1 },
			},
			changes: {
				local_to_cloud: [
					change(7, {
						operation: 'DELETE',
						table: 'order_items',
						key: 'order_id=4, line=2',
						changed_at: beforeNoon(200),
					}),
				],
				cloud_to_local: [change(8, { operation: 'INSERT', source_node: 'site-b' })],
			},
		}),
	]);
	await press('\r2');
	expect(text()).toMatch(/→ local to cloud {2}1 pending/);
	expect(text()).toMatch(/❯ DELETE +order_items +order_id=4, line=2 +site-a +3m 20s/);
	expect(text()).toMatch(/← cloud to local {2}1 pending/);
	// A change without a time has an unknown age, not a young one.
	expect(text()).toMatch(/INSERT +customers +id=8 +site-b +\?$/m);
});

test('the arrows choose the direction that is scrolled', async () => {
	const { press, text } = await showScreen([
		pair('shop', { looked_at: noon, ...withChanges(120, 37) }),
	]);
	await press('\r2');
	await press('G');
	expect(text()).toContain('local to cloud  120 pending  114–120 of 120');
	await press('\u001b[C');
	await press('jj');
	expect(text()).toMatch(/cloud to local[\s\S]*❯ UPDATE +customers +id=3 /);
	await press('h');
	expect(text()).toMatch(/❯ UPDATE +customers +id=120 /);
});

test('the cursor stays on its change while older ones are applied', async () => {
	const { engine, press, shows } = await showScreen([
		pair('shop', { looked_at: noon, ...withChanges(5, 0) }),
	]);
	await press('\r2');
	await press('jjj');
	await shows(/❯ UPDATE +customers +id=4 /);
	engine.update('shop', ({ changes }) => ({
		changes: { ...changes, local_to_cloud: changes.local_to_cloud.slice(2) },
	}));
	await shows(/local to cloud[^\n]*\n[^\n]*id=3[^\n]*\n ❯ UPDATE +customers +id=4 /);
	engine.update('shop', ({ changes }) => ({
		changes: { ...changes, local_to_cloud: changes.local_to_cloud.slice(-1) },
	}));
	await shows(/❯ UPDATE +customers +id=5 /);
});

test('an empty list says whether nothing is pending or nothing is known', async () => {
	const { press, text } = await showScreen([
		pair('shop', {
			looked_at: noon,
			local: end({ reachable: false, error: 'refused' }),
			directions: {
				local_to_cloud: { ...noBatch, pending: 4 },
				cloud_to_local: { ...noBatch, pending: null },
			},
		}),
	]);
	await press('\r2');
	expect(text()).toMatch(/→ local to cloud {2}~4 pending ─+\n +the local server cannot be reached/);
	expect(text()).toMatch(/← cloud to local {2}\? pending ─+\n +not read yet/);
});

test('at rest both lists say that nothing is pending', async () => {
	const { press, text } = await showScreen([pair('shop', { looked_at: noon })]);
	await press('\r2');
	expect(text().match(/0 pending ─+\n +nothing pending/g)).toHaveLength(2);
});

test('on a wide terminal the directions are side by side', async () => {
	const { press, text } = await showScreen(
		[pair('shop', { looked_at: noon, ...withChanges(3, 3) })],
		{ columns: 160, rows: 40 },
	);
	await press('\r2');
	expect(text()).toMatch(/→ local to cloud {2}3 pending ─+ │ ── ← cloud to local {2}3 pending/);
	expect(text()).toMatch(
		/❯ UPDATE +customers +id=1 +site-a +3m 20s +│ +UPDATE +customers +id=1 +site-b/,
	);
});

test('on the smallest terminal one direction is listed and the other keeps its count', async () => {
	const { press, lines, text } = await showScreen(
		[pair('shop', { looked_at: noon, ...withChanges(50, 7) })],
		{ columns: 60, rows: 15 },
	);
	await press('\r2');
	expect(lines()).toHaveLength(15);
	expect(text().match(/UPDATE/g)).toHaveLength(7);
	expect(text()).toContain('← cloud to local  7 pending');
	await press('l');
	expect(text()).toMatch(/← cloud to local[\s\S]*❯ UPDATE/);
});

test('tables show their key, the triggers of each side by sign and word, and what is pending', async () => {
	const { press, text } = await showScreen([
		pair('shop', {
			looked_at: noon,
			tables: [
				table('customers', { pending: { local_to_cloud: 1204, cloud_to_local: 0 } }),
				table('order_items', {
					primary_key: ['order_id', 'line'],
					triggers: { local: 'missing', cloud: 'stale' },
				}),
				table('prices', {
					triggers: { local: 'installed', cloud: 'unknown' },
					pending: { local_to_cloud: 0, cloud_to_local: null },
				}),
				table('audit', {
					primary_key: [],
					skipped_reason: 'it has no primary key',
					triggers: { local: 'skipped', cloud: 'skipped' },
					pending: { local_to_cloud: null, cloud_to_local: null },
				}),
			],
		}),
	]);
	await press('\r3');
	expect(text()).toMatch(/❯ customers +id +✓ installed +✓ installed +1,204 +0 +—$/m);
	expect(text()).toMatch(/order_items +order… line +✗ missing +! stale +0 +0 +—$/m);
	expect(text()).toMatch(/prices +id +✓ installed +\? unknown +0 +\? +—$/m);
	expect(text()).toMatch(/audit +· skipped: it has no primary key$/m);
	expect(text()).toContain('1 of 4');
});

test('what is said of the selected table stands below the list, the mending statement and all', async () => {
	const alterItem = 'ALTER TABLE `item` ADD COLUMN `size` INT NULL';
	const alterPrice = 'ALTER TABLE `price` MODIFY `price` decimal(9,3) NULL';
	const missing = `the column size is missing on cloud. Fix (cloud): ${alterItem}`;
	const rounded = `the column price is decimal(9,3) on local and decimal(9,2) on cloud: values would be altered on cloud, so no rows are applied there. Fix (cloud): ${alterPrice}`;
	const { press, text, lines } = await showScreen([
		pair('shop', {
			looked_at: noon,
			tables: [table('item', { skipped_reason: missing }), table('plain'), table('price')],
			notes: { price: [columnRounds('price', 'price', alterPrice)] },
		}),
	]);
	const flat = () => text().replace(/\s+/g, ' ');
	await press('\r3');
	expect(flat()).toContain(`skipped: ${missing}`);
	expect(text()).toMatch(/! price/);
	await press('j');
	expect(flat()).not.toContain('ALTER TABLE');
	await press('j');
	expect(flat()).toContain(rounded);
	expect(lines()).toHaveLength(24);
	expect(Math.max(...lines().map((each) => each.length))).toBeLessThanOrEqual(80);
});

test('Tab, Shift-Tab and the digits change the view of the pair', async () => {
	const { press, text } = await showScreen([pair('shop', { looked_at: noon })]);
	await press('\r');
	const titles = ['1 Overview', '2 Changes', '3 Tables', '4 Conflicts', '5 Parked', '6 Log'];
	for (const title of titles) {
		expect(text()).toContain(`┤${title}├`);
		await press('\t');
	}
	expect(text()).toContain('┤1 Overview├');
	await press('\u001b[Z');
	expect(text()).toContain('┤6 Log├');
	for (const [index, title] of titles.entries()) {
		await press(String(index + 1));
		expect(text()).toContain(`┤${title}├`);
	}
});

test('a thousand tables scroll in a window', async () => {
	const tables = Array.from({ length: 1000 }, (_, index) => table(`table_${index + 1}`));
	const { press, text, lines } = await showScreen([pair('shop', { looked_at: noon, tables })]);
	await press('\r3');
	await press('G');
	expect(text()).toMatch(/❯ table_1000 /);
	expect(text()).toContain('1,000 of 1,000');
	expect(lines()).toHaveLength(24);
	await press('\u001b[5~');
	expect(text()).toMatch(/❯ table_99\d /);
});

test('wide names and keys keep the columns of both lists straight', async () => {
	const { press, lines } = await showScreen([
		pair('shop', {
			looked_at: noon,
			tables: [table('客户评论与反馈', { primary_key: ['编号'] }), table('customers')],
		}),
	]);
	await press('\r3');
	const [wide = '', plain = ''] = lines().filter((line) => line.includes('✓ installed'));
	const wider = 7 + 2;
	expect(wide.indexOf('✓ installed') + wider).toBe(plain.indexOf('✓ installed'));
});

import { expect, test } from 'vitest';
import { SyncError } from '../../source/errors.ts';
import { bindingsOf } from '../../source/ui/keys/bindings.ts';
import { tabs } from '../../source/ui/state/state.ts';
import { busyPair } from '../support/busy-pair.ts';
import { change, conflict, end, inspection, pair, parked, table } from '../support/fake-engine.ts';
import { columnMissing } from '../support/findings/columns.ts';
import { noon, showScreen } from '../support/screen.tsx';

test('without a pair the screen offers to write a configuration and says what comes next', async () => {
	let written = 0;
	const { press, shows, text } = await showScreen([], {
		writeStarter: async () => {
			written += 1;
			return '/home/me/config.json';
		},
	});
	expect(text()).toContain('No pair of databases is configured yet.');
	expect(text()).toContain('/etc/config.json');
	expect(text()).toContain('mysql-sync-tui demo');
	await press('\r');
	await shows('Next steps:');
	expect(text()).toContain('/home/me/config.json');
	expect(text()).toContain('mysql-sync-tui config check');
	await press('w');
	expect(text()).toContain('It was already written to /home/me/config.json.');
	expect(written).toBe(1);
});

test('a configuration that cannot be written says why, and can be tried again', async () => {
	let tries = 0;
	const { press, shows } = await showScreen([], {
		writeStarter: async () => {
			tries += 1;
			if (tries === 1) throw new SyncError('environment', 'the folder cannot be written');
			return '/home/me/config.json';
		},
	});
	await press('w');
	await shows('✗ the folder cannot be written');
	await press('w');
	await shows('Next steps:');
});

test('with a configuration but no pair it says where to add one', async () => {
	const { text } = await showScreen([]);
	expect(text()).toContain('The configuration has no pair');
	expect(text()).toContain('/etc/config.json');
});

test.each([
	['the pairs view', ''],
	['the overview of a pair', '\r'],
	['the changes of a pair', '\r2'],
	['the tables of a pair', '\r3'],
	['the conflicts of a pair', '\r4'],
	['the parked changes of a pair', '\r5'],
	['the log of a pair', '\r6'],
] as const)('? shows every key of %s, and Esc closes it', async (title, way) => {
	const { press, text } = await showScreen([pair('shop', { looked_at: noon })], { rows: 40 });
	await press(way);
	await press('?');
	expect(text()).toContain(`keys in ${title}`);
	const view = way === '' ? 'pairs' : (tabs[Number(way.slice(1) || 1) - 1] ?? 'pairs');
	for (const { what } of bindingsOf(view)) expect(text()).toContain(what);
	await press('\u001b');
	expect(text()).not.toContain('keys in');
});

test('on the smallest terminal the help scrolls and no line is cut', async () => {
	const { press, text } = await showScreen([pair('shop', { looked_at: noon })], {
		columns: 60,
		rows: 15,
	});
	await press('\r3');
	await press('?');
	expect(text()).toMatch(/1–9 of \d+/);
	expect(text()).not.toContain('…');
	await press('G');
	expect(text()).toContain('quit after the current batch');
	expect(text()).not.toContain('…');
	await press('k');
	await press('g');
	expect(text()).toMatch(/1–9 of \d+/);
});

test.each([...tabs.map((tab, index) => [tab, String(index + 1)]), ['row details', '4\r']])(
	'the footer of the %s leads to the next view at 80 columns',
	async (_view, keys) => {
		const { press, lines } = await showScreen([busyPair()]);
		await press('\r');
		await press(String(keys));
		expect(lines().at(-1)).toMatch(/ Esc back .*Tab view .*\? help {2}q quit$/);
	},
);

test('the way to help and out is in the footer at any width', async () => {
	for (const columns of [60, 80, 200]) {
		const { lines } = await showScreen([pair('shop', { looked_at: noon })], { columns });
		expect(lines().at(-1)).toMatch(/\? help {2}q quit$/);
	}
});

test('a terminal that is too small shows the size it needs, and q still quits', async () => {
	const { lines, press, asked } = await showScreen([pair('shop')], { columns: 59, rows: 15 });
	expect(lines()).toContain('Needed: 60x15');
	expect(lines()).toContain('Now: 59x15');
	await press('q');
	expect(asked).toEqual(['quit by q']);
});

test('nothing that comes from a database, a server or a file steers the terminal', async () => {
	const evil = 'x\u001b]52;c;aGFjaw==\u0007\u001b[2J\r\n\t\u202e\u009b31m';
	const { engine, press, frame, shows } = await showScreen([
		pair(`pair ${evil}`, {
			looked_at: noon,
			state: 'blocked',
			problem: evil,
			local: end({ node_id: evil, server: evil }),
			cloud: end({ node_id: evil, reachable: false, error: evil }),
			address: { local: evil, cloud: evil },
			tables: [table(evil, { primary_key: [evil] }), table('t', { skipped_reason: evil })],
			changes: {
				local_to_cloud: [change(1, { table: evil, key: evil, operation: evil, source_node: evil })],
				cloud_to_local: [],
			},
			conflict_list: [conflict(1, { id: evil, table: evil, key: evil })],
			parked_list: [parked(1, { id: evil, table: evil, key: evil, message: evil })],
			notes: { [evil]: [columnMissing(evil, evil, evil)] },
			holder: { name: evil, process: 1, since: evil },
		}),
	]);
	const evilRow = inspection();
	evilRow.now.columns.push({
		name: evil,
		in_key: false,
		local: { text: evil, cut: 0 },
		cloud: null,
		same: null,
	});
	engine.inspected = async () => evilRow;
	const harmless = () => {
		// What is left are colours and the ends of lines.
		const rest = frame().replaceAll(/\u001b\[[\d;]*m/g, '');
		expect(rest).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
		expect(frame().split('\n')).toHaveLength(24);
	};
	harmless();
	engine.notice({ pair: evil, message: evil, table: evil, level: 'error' });
	await shows('recent');
	harmless();
	await press('\r');
	harmless();
	for (const view of '23456') {
		await press(view);
		harmless();
		if (view === '2' || view === '4' || view === '5') {
			await press('\r');
			harmless();
			await press('y');
			harmless();
			await press('\u001b');
		}
	}
	await press('/');
	await press('\u202e');
	harmless();
	await press('\u001b');
	await press('3u');
	harmless();
});

test('a table with a hostile name is asked for by its true name', async () => {
	const name = 'a\u001b[31mb';
	const { engine, press, shows } = await showScreen([
		pair('shop', { looked_at: noon, tables: [table(name)] }),
	]);
	await press('\r3');
	await press('i');
	await shows('shop: done');
	expect(engine.requests.at(-1)).toBe(`install shop ${name}`);
});

test('a list of more conflicts or parked changes than are shown says which of them these are', async () => {
	const records = Array.from({ length: 200 }, (_, index) => index + 1);
	const direction = { pending: 0, oldest_pending_seconds: null, last_batch: null };
	const { press, text } = await showScreen([
		pair('shop', {
			looked_at: noon,
			conflicts: 1500,
			conflict_list: records.map((id) => conflict(id)),
			parked_list: records.map((id) => parked(id)),
			directions: {
				local_to_cloud: { ...direction, errors: 3210 },
				cloud_to_local: { ...direction, errors: 0 },
			},
		}),
	]);
	await press('\r4');
	expect(text()).toMatch(/conflicts {2}1,500 unresolved .* 1 of 200; older ones are not listed/);
	await press('5');
	expect(text()).toMatch(/parked changes {2}3,210 .* 1 of 200; newer ones are not listed/);
	await press('/');
	await press('id=7');
	expect(text()).toContain(' 1 of 11; newer ones are not listed');
	expect(text()).toContain(' / id=7▏  11 of 200 listed changes; others are not searched');
});

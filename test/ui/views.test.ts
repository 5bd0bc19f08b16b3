import { expect, test, vi } from 'vitest';
import { busyChangesOf, busyNotices, busyPair, busyRow } from '../support/busy-pair.ts';
import { showScreen } from '../support/screen.tsx';

// Times of the day are shown as they are where the person is.
process.env.TZ = 'UTC';

const ways: [view: string, keys: string[]][] = [
	['pairs', []],
	['overview', ['\r']],
	['nodes', ['\r', 'n']],
	['changes', ['\r', '2']],
	['changes-of-a-table', ['\r', '3', 'jj', '\r']],
	['tables', ['\r', '3']],
	['conflicts', ['\r', '4']],
	['parked', ['\r', '5']],
	['log', ['\r', '6']],
	['row-of-a-change', ['\r', '2', '\r']],
	['row-of-a-conflict', ['\r', '4', '\r']],
	['row-of-a-parked-change', ['\r', '5', 'j', '\r']],
	['row-by-its-key', ['\r', '3', 'o', '4', '2', '\r']],
	['asking-for-a-row', ['\r', '3', 'o', '4', '2']],
	['filter', ['\r', '3', '/', 'or']],
	['help', ['\r', '4', '?']],
	['question', ['\r', '4', 'L']],
];

test.each(ways)(
	'%s needs no more than ASCII where the terminal has no more',
	async (_view, keys) => {
		const ascii = JSON.parse(
			JSON.stringify(busyPair())
				.replaceAll('客户评论与反馈', 'reviews')
				.replaceAll('编号', 'number'),
		);
		const { engine, press, text } = await showScreen([ascii], { unicode: false });
		engine.inspected = async () =>
			JSON.parse(JSON.stringify(busyRow(true)).replaceAll('東京都千代田区', 'Tokyo'));
		for (const key of keys) await press(key);
		expect(text()).not.toMatch(/[^\x20-\x7e\n]/);
	},
);

const sizes = [
	{ columns: 80, rows: 24 },
	{ columns: 160, rows: 50 },
	{ columns: 60, rows: 15 },
];

test.each(sizes.flatMap((size) => ways.map(([view, keys]) => ({ ...size, view, keys }))))(
	'$view at $columns x $rows looks as it did',
	async ({ view, keys, columns, rows }) => {
		const { engine, press, pass, lines, store } = await showScreen([busyPair()], { columns, rows });
		for (const notice of busyNotices()) engine.notice(notice);
		engine.onWatch = (_name, { table }) => {
			if (table) engine.update('shop', () => busyChangesOf(table));
		};
		engine.inspected = async () => busyRow(view === 'row-of-a-conflict');
		await vi.waitFor(() => expect(store.getState().notices).toHaveLength(busyNotices().length));
		for (const key of keys) await press(key);
		await vi.waitFor(() => expect(store.getState().snapshot).toBe(engine.snapshot()));
		await pass(0);
		expect(lines()).toHaveLength(rows);
		await expect(`${lines().join('\n')}\n`).toMatchFileSnapshot(
			`views/${view}-${columns}x${rows}.txt`,
		);
	},
);

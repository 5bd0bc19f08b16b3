import { expect, test, vi } from 'vitest';
import { pair } from '../support/fake-engine.ts';
import { fakeLog } from '../support/fake-log.ts';
import { noon, type ShownScreen, showScreen } from '../support/screen.tsx';

const esc = '\u001b';

/** A screen on the changes of a pair that has 100,000 of them. */
async function showLongLog(length = 100_000) {
	const screen = await showScreen([pair('shop', { looked_at: noon })]);
	const log = fakeLog(screen.engine, 'shop', length);
	await screen.press('\r2');
	await screen.shows(`1–7 of ${length.toLocaleString('en')}`);
	const presses = (times: number, key: string) => {
		for (let count = 0; count < times; count += 1) screen.control.press(key);
	};
	/** Lists the page that was asked for, and waits until the screen knows it. */
	const turn = async () => {
		log.answer();
		await vi.waitFor(() => {
			const { snapshot, anchors } = screen.store.getState();
			const anchor = anchors['changes of shop local_to_cloud'];
			expect(snapshot.pairs[0]?.pages.local_to_cloud.anchor).toBe(anchor);
		});
	};
	return { ...screen, log, presses, turn };
}

function cursorRow({ lines }: ShownScreen): number {
	return lines().findIndex((line) => line.startsWith(' ❯ '));
}

test('G shows the newest of 100,000 changes, g the oldest, each at its true place', async () => {
	const { press, shows } = await showLongLog();
	await press('G');
	await shows(/99,994–100,000 of 100,000[\s\S]*❯ UPDATE +orders +id=100000 /);
	await press('k');
	await shows(/❯ UPDATE +customers +id=99999 /);
	await press('g');
	await shows(/ 1–7 of 100,000[^\n]*\n ❯ UPDATE +customers +id=1 /);
});

test('a cursor that is held down passes from page to page, and skips none', async () => {
	const { control, store, shows } = await showLongLog(900);
	const passed: number[] = [];
	await vi.waitFor(async () => {
		for (let presses = 0; presses < 50; presses += 1) {
			control.press('j');
			const id = Number(store.getState().cursors['changes of shop local_to_cloud']?.key);
			if (id !== passed.at(-1)) passed.push(id);
		}
		expect(passed.at(-1)).toBe(900);
	}, 5000);
	expect(passed).toEqual(Array.from({ length: 899 }, (_, index) => index + 2));
	await shows('894–900 of 900');
});

test('pages go on and on downwards, and what is on screen stays there while others are listed', async () => {
	const screen = await showLongLog(3000);
	const { press, presses, turn, shows, text, log, engine } = screen;
	presses(50, 'pagedown');
	await shows(/❯ UPDATE +\w+ +id=301 /);
	await vi.waitFor(() => expect(engine.requests.at(-1)).toBe('watch shop 301'));
	log.held = true;
	presses(10, 'pagedown');
	await press('h');
	const before = text();
	const row = cursorRow(screen);
	await turn();
	await press('l');
	await press('h');
	expect(text()).toBe(before);
	expect(cursorRow(screen)).toBe(row);
});

test('while the next page is on its way the cursor stops at the last known change, and then goes on', async () => {
	const { press, presses, turn, shows, log } = await showLongLog(3000);
	log.held = true;
	presses(100, 'pagedown');
	await shows(/❯ UPDATE +orders +id=400 /);
	await shows('394–400 of 3,000');
	await turn();
	await press('j');
	await shows(/❯ UPDATE +customers +id=401 /);
});

test('keys that follow G before the newest are there count from the end', async () => {
	const { press, shows, log } = await showLongLog();
	log.held = true;
	await press('G');
	await press('kk');
	log.answer();
	await shows(/❯ UPDATE +customers +id=99998 /);
});

test('a cursor in the middle stays on its change while older ones are applied, at its true place', async () => {
	const screen = await showLongLog(3000);
	const { press, presses, shows, log } = screen;
	await press('G');
	await shows(/id=3000 /);
	presses(60, 'pageup');
	await shows(/❯ UPDATE +orders +id=2640 /);
	const row = cursorRow(screen);
	log.apply(1000);
	await shows(/of 2,000[\s\S]*❯ UPDATE +orders +id=2640 /);
	expect(cursorRow(screen)).toBe(row);
	await shows('1,640–1,646 of 2,000');
	log.apply(1900);
	// All up to it is applied: the cursor is on the next one.
	await shows(/ 1–7 of 100[^\n]*\n ❯ UPDATE +customers +id=2901 /);
});

test('the name of a table is looked for in the whole log, and so are operations', async () => {
	const { press, shows, engine } = await showLongLog();
	await press('/');
	await press('orders');
	await shows('1–7 of 10,000 found');
	await shows(' / orders▏  10,000 of 100,000 pending changes');
	await shows(/❯ UPDATE +orders +id=10 /);
	expect(engine.requests.at(-1)).toBe('watch shop orders');
	await press('\r');
	await press('G');
	await shows(/9,994–10,000 of 10,000 found[\s\S]*❯ UPDATE +orders +id=100000 /);
	await press(esc);
	await shows(/99,994–100,000 of 100,000 ─[\s\S]*❯ UPDATE +orders +id=100000 /);
});

test('a key is looked for among the listed changes, and the screen says so', async () => {
	const { press, shows, engine } = await showLongLog();
	await press('/');
	await press('id=77 ');
	await shows('1 found in 1–400 of 100,000');
	await press('\r');
	await shows(' / id=77   1 of 400 listed changes; others are not searched   Esc clears it');
	expect(engine.requests.at(-1)).toBe('watch shop');
	await press(esc);
	await press('/');
	await press('delete');
	await shows('no pending change matches');
});

test('the overview shows the oldest changes, and the list is where it was when one comes back', async () => {
	const { press, shows } = await showLongLog();
	await press('G');
	await press('1');
	await shows(/oldest pending changes[^\n]*\n[^\n]* id=1 /);
	await press('2');
	await shows(/99,994–100,000 of 100,000[\s\S]*❯ UPDATE +orders +id=100000 /);
});

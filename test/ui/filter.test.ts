import { expect, test } from 'vitest';
import { change, pair, table } from '../support/fake-engine.ts';
import { noon, showScreen } from '../support/screen.tsx';

const esc = '\u001b';

function shop() {
	const names = ['customers', 'orders', 'order_items', 'stock'];
	return pair('shop', {
		looked_at: noon,
		tables: names.map((name) => table(name)),
		changes: {
			local_to_cloud: [
				change(1, { operation: 'DELETE' }),
				change(2, { table: 'orders' }),
				change(3, { table: 'orders', operation: 'DELETE' }),
			],
			cloud_to_local: [change(4, { table: 'stock' })],
		},
	});
}

test('/ filters as one types, Enter keeps the filter, Esc clears it and then leads back', async () => {
	const { press, text, lines } = await showScreen([shop()]);
	await press('\r3');
	await press('/');
	await press('ORD');
	expect(text()).toMatch(/❯ orders/);
	expect(text()).not.toMatch(/^ . stock/m);
	expect(text()).toContain(' / ORD▏  2 of 4 tables');
	await press('\u007f');
	expect(text()).toContain(' / OR▏');
	await press('\r');
	expect(text()).toContain(' / OR  2 of 4 tables   Esc clears it');
	await press('j');
	expect(text()).toMatch(/❯ order_items/);
	await press(esc);
	expect(text()).toMatch(/^ {3}stock/m);
	// The cursor is where it was.
	expect(text()).toMatch(/❯ order_items/);
	await press(esc);
	expect(lines()[0]).toContain('1 pair');
});

test('while a filter is typed letters are letters, also q and ?', async () => {
	const { press, text, asked } = await showScreen([shop()]);
	await press('\r3/');
	await press('q?f');
	expect(text()).toContain(' / q?f▏  0 of 4 tables');
	expect(text()).toContain('no table matches');
	expect(asked).toEqual([]);
	await press('\u0003');
	expect(asked).toEqual(['quit by ctrl-c']);
});

test('every word has to be there, in any column', async () => {
	const { press, text } = await showScreen([shop()]);
	await press('\r2/');
	await press('del ord');
	expect(text()).toMatch(/❯ DELETE +orders +id=3/);
	expect(text()).not.toMatch(/id=[12] /);
	expect(text()).toContain('none of the listed changes matches');
});

test('the help is filtered too', async () => {
	const { press, text } = await showScreen([shop()]);
	await press('?/');
	await press('force');
	expect(text()).toContain('force a run both ways now');
	expect(text()).not.toContain('one row up');
	await press(esc);
	expect(text()).toContain('one row up');
	await press(esc);
	expect(text()).not.toContain('keys in');
});

test('Enter on a table lists its changes alone, and Esc leads back to the tables', async () => {
	const { engine, press, text } = await showScreen([shop()]);
	await press('\r3');
	await press('j\r');
	expect(text()).toContain('┤2 Changes├');
	expect(text()).toContain('0 pending in orders');
	expect(engine.requests.at(-1)).toBe('watch shop orders');
	await press(esc);
	expect(text()).toContain('┤3 Tables├');
	expect(text()).toMatch(/❯ orders/);
	expect(engine.requests.at(-1)).toBe('watch shop');
});

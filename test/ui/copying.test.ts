import { expect, test } from 'vitest';
import { change, pair, parked, table } from '../support/fake-engine.ts';
import { columnMissing } from '../support/findings.ts';
import { noon, showScreen } from '../support/screen.tsx';

const alter = 'ALTER TABLE `item` ADD COLUMN `size` INT NULL';
const evil = 'id=\u001b]52;c;eA==\u0007\nrm x';

function shop() {
	return pair('shop', {
		looked_at: noon,
		changes: { local_to_cloud: [change(1, { key: evil })], cloud_to_local: [] },
		tables: [table('item'), table('plain')],
		notes: { item: [columnMissing('item', 'size', alter)] },
		parked_list: [
			parked(3, { message: 'Data too long\nMake it longer.' }),
			parked(4, { message: 'x'.repeat(200) }),
		],
	});
}

test.each([
	['the key of a change, with signs for its control characters', '2', 'y', 'id=␛]52;c;eA==␇␊rm x'],
	['the statement that mends a table', '3', 'y', alter],
	['the error of a parked change, as one line', '5', 'y', 'Data too long Make it longer.'],
	['the key of a parked change', '5', 'Y', 'id=3'],
	['the name of a pair', '1', 'y', 'shop'],
])('%s is copied, and that it is not certain is said', async (_what, view, key, copied) => {
	const { press, text, asked } = await showScreen([shop()]);
	await press(`\r${view}`);
	await press(key);
	expect(asked).toEqual([`copy ${copied}`]);
	expect(text()).toMatch(/sent the \w+.* to the terminal's clipboard: /);
	expect(text()).toContain('It is not certain.');
	expect(text().includes('were replaced with visible symbols')).toBe(copied.includes('␛'));
	expect(text()).not.toContain('\u001b');
});

test('what is too long for the terminal is not copied, and that is said', async () => {
	const { press, text } = await showScreen([shop()]);
	await press('\r5j');
	await press('y');
	expect(text()).toContain('! the error was not copied: It is not certain.');
});

test('where there is nothing to copy y says so', async () => {
	const { press, text, asked } = await showScreen([pair('shop', { looked_at: noon })]);
	await press('\r4');
	await press('y');
	expect(text()).toContain('There is nothing to copy here.');
	expect(asked).toEqual([]);
});

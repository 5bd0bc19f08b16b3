import { expect, test } from 'vitest';
import { pairingFinding } from '../../source/database/pairing/findings.ts';
import { captureStateFinding, installCures } from '../../source/engine/api/capture-messages.ts';
import { textOf } from '../../source/engine/api/messages.ts';
import { change, pair, parked, table } from '../support/fake-engine.ts';
import { findingExamples } from '../support/findings/all.ts';
import { columnMissing } from '../support/findings/columns.ts';
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
	['the statement that fixes a table', '3', 'y', alter],
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

const create = "CREATE TABLE `audit` (`id` INT PRIMARY KEY) COMMENT 'of\nall'";
const grant = 'GRANT INSERT ON `shop`.`item` TO `app`@`%`';
const skipped = pairingFinding(
	'table_missing',
	{ side: 'cloud', table: 'audit' },
	{ hiddenFrom: null, required: [], leftOut: ['a check'], impossible: [], unreadable: null },
	[{ side: 'cloud', sql: create }],
);
const failing = captureStateFinding(
	'trigger_rights_missing',
	{ side: 'cloud' },
	{ tables: ['item'], errno: 1142, account: 'app@%', rights: [] },
	[{ key: 'i' }, { side: 'cloud', sql: grant }],
);
const missing = captureStateFinding(
	'triggers_missing',
	{ side: 'cloud', table: 'item' },
	{ why: 'gone' },
	installCures({ name: 'shop' }, 'item'),
);
const onLocal = { ...columnMissing('item', 'size', alter), side: 'local' } as const;

function broken() {
	return pair('shop', {
		looked_at: noon,
		state: 'blocked',
		problem: 'pair shop, cloud: writes fail',
		problem_finding: failing,
		tables: [table('audit', { skipped_reason: textOf(skipped) }), table('item'), table('line')],
		skipped: { audit: skipped },
		notes: { item: [missing, onLocal], line: [{ ...missing, table: 'line' }] },
	});
}

test.each([
	['the definition of a missing table, whole', '3', create.replace('\n', '␊')],
	['the statement of a table, before the command of another finding', '3j', alter],
	['the command of a table without a statement', '3jj', 'mysql-sync-tui install shop --table item'],
	['the statement of a problem, without the key beside it', '1', grant],
])('%s is copied', async (_what, keys, copied) => {
	const { press, asked } = await showScreen([broken()]);
	await press(`\r${keys}`);
	await press('y');
	expect(asked).toEqual([`copy ${copied}`]);
});

test('a problem without a cure is copied as it is', async () => {
	const { press, asked } = await showScreen([
		pair('shop', { looked_at: noon, problem: 'the pair is\n  not enabled' }),
	]);
	await press('y');
	expect(asked).toEqual(['copy the pair is not enabled']);
});

test('of every line of the log y copies the cure, or the line where there is none', async () => {
	const { engine, press, asked, shows } = await showScreen([pair('shop', { looked_at: noon })]);
	for (const { finding, line } of findingExamples) engine.notice({ message: line, finding });
	await press('\r6');
	await shows(`${findingExamples.length} of ${findingExamples.length}`);
	await press('g');
	for (const { finding, line, copies } of findingExamples) {
		asked.length = 0;
		await press('y');
		expect(asked, finding.code).toEqual([`copy ${copies ?? `shop: ${line}`}`]);
		await press('j');
	}
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

import { expect, it } from 'vitest';
import { type Cure, copyableCure, cureText, programCommand } from '../../source/text/cures.ts';

const alter: Cure = { side: 'cloud', sql: 'ALTER TABLE `item` ADD COLUMN `size` INT NULL' };
const discard: Cure = { side: 'local', sql: 'DELETE FROM change_log', purpose: 'discard' };
const install: Cure = { command: 'mysql-sync-tui install shop' };

it.each<[string, Cure[], string]>([
	['no cure', [], ''],
	['a statement', [alter], `Fix (cloud): ${'sql' in alter && alter.sql}`],
	['a statement for a purpose', [discard], 'Discard the changes (local): DELETE FROM change_log'],
	[
		'two statements, of which the second continues the sentence',
		[{ ...alter, purpose: 'deliver' }, discard],
		`Deliver the changes (cloud): ${'sql' in alter && alter.sql}; discard the changes (local): DELETE FROM change_log`,
	],
	['a command', [install], 'Fix: run `mysql-sync-tui install shop`'],
	[
		'a command for a side',
		[{ ...install, side: 'local' }],
		'Fix (local): run `mysql-sync-tui install shop`',
	],
	['a key', [{ key: 'i' }], 'Fix: press `i`'],
	[
		'a key and a command',
		[{ key: 'i' }, install],
		'Fix: press `i`, or run `mysql-sync-tui install shop`',
	],
	[
		'a key and a statement',
		[{ key: 'i' }, { side: 'cloud', sql: 'GRANT ALL' }],
		'Fix (cloud): press `i`, or GRANT ALL',
	],
	[
		'a statement with a line break',
		[{ side: 'cloud', sql: "COMMENT 'a\nb'" }],
		"Fix (cloud): COMMENT 'a b'",
	],
])('%s reads as it should', (_what, cures, text) => {
	expect(cureText(cures)).toBe(text);
});

it.each<[string, Cure[], ReturnType<typeof copyableCure>]>([
	[
		'the first statement',
		[alter, discard],
		{ kind: 'statement', text: 'sql' in alter ? alter.sql : '' },
	],
	[
		'a statement rather than a command',
		[{ key: 'i' }, install, discard],
		{ kind: 'statement', text: 'DELETE FROM change_log' },
	],
	[
		'a command where there is no statement',
		[{ key: 'i' }, install],
		{ kind: 'command', text: 'mysql-sync-tui install shop' },
	],
	[
		'the whole of a statement',
		[{ side: 'cloud', sql: "COMMENT 'a\nb'" }],
		{ kind: 'statement', text: "COMMENT 'a\nb'" },
	],
	['nothing where there is a key only', [{ key: 'i' }], null],
	['nothing where there is no cure', [], null],
])('%s is copied', (_what, cures, copied) => {
	expect(copyableCure(cures)).toEqual(copied);
});

it('a name in a command is one word to a shell, whatever it holds', () => {
	expect(programCommand('install', 'shop', '--table', 'item')).toBe(
		'mysql-sync-tui install shop --table item',
	);
	expect(programCommand('install', "it's; rm -rf ~")).toBe(
		"mysql-sync-tui install 'it'\\''s; rm -rf ~'",
	);
});

import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { bindings } from '../../source/ui/keys.ts';

const viewNames = {
	setup: 'first start',
	pairs: 'pairs',
	changes: 'changes',
	tables: 'tables',
	help: 'help',
	confirm: 'question',
} as const;

/** The table of keys, as Markdown. */
function keyTable(): string {
	const rows = bindings.map(({ shown, what, views }) => {
		const where =
			views.length === 6 ? 'everywhere' : views.map((view) => viewNames[view]).join(', ');
		const keys = shown.split(' ').map((key) => `\`${key}\``);
		return `| ${keys.join(' ')} | ${where} | ${what} |`;
	});
	return ['| keys | where | what they do |', '| --- | --- | --- |', ...rows].join('\n');
}

test('the readme lists every key as the program binds it', async () => {
	const readme = await readFile(new URL('../../readme.md', import.meta.url), 'utf8');
	const listed = readme.match(/^\| keys \|[\s\S]*?(?=\n\n)/m)?.[0];
	expect(listed).toBe(keyTable());
});

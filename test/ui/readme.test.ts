import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { bindings } from '../../source/ui/keys/bindings.ts';
import { tabs, type View } from '../../source/ui/state/state.ts';

const groups: [name: string, views: readonly View[]][] = [
	['everywhere', ['setup', 'pairs', ...tabs, 'nodes', 'row', 'help', 'filter', 'ask', 'confirm']],
	['every view of a pair', [...tabs, 'nodes']],
	['views 1 to 6', tabs],
	['every list', ['pairs', 'nodes', 'changes', 'tables', 'conflicts', 'parked', 'log']],
];

const viewNames: Partial<Record<View, string>> = {
	setup: 'first start',
	row: 'row details',
	filter: 'while filtering',
	ask: 'while typing a key',
	confirm: 'question',
};

/** The views of a binding in words, those of a group together. */
function where(views: readonly View[]): string {
	let left = [...views];
	const names: string[] = [];
	for (const [name, group] of groups) {
		if (!group.every((view) => left.includes(view))) continue;
		names.push(name);
		left = left.filter((view) => !group.includes(view));
	}
	return [...names, ...left.map((view) => viewNames[view] ?? view)].join(', ');
}

/** The table of keys, as Markdown. */
function keyTable(): string {
	const rows = bindings.map(({ shown, what, views }) => {
		const keys = shown.split(' ').map((key) => `\`${key}\``);
		return `| ${keys.join(' ')} | ${where(views)} | ${what} |`;
	});
	return ['| keys | where | what they do |', '| --- | --- | --- |', ...rows].join('\n');
}

test('the readme lists every key as the program binds it', async () => {
	const readme = await readFile(new URL('../../readme.md', import.meta.url), 'utf8');
	const listed = readme.match(/^\| keys \|[\s\S]*?(?=\n\n)/m)?.[0];
	expect(listed).toBe(keyTable());
});

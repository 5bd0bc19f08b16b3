import type { Key } from 'ink';
import { expect, test } from 'vitest';
import { bindingFor, bindings, bindingsOf } from '../../source/ui/keys/bindings.ts';
import { keyNames } from '../../source/ui/keys/key-names.ts';
import { tabs, type View } from '../../source/ui/state/state.ts';

const views: View[] = [
	'setup',
	'pairs',
	...tabs,
	'nodes',
	'row',
	'help',
	'filter',
	'ask',
	'confirm',
];

function key(values: Partial<Key> = {}): Key {
	return values as Key;
}

test.each(views)(
	'in %s no key is bound twice, and every binding is reached by its keys',
	(view) => {
		const keys = bindingsOf(view).flatMap((binding) => binding.keys);
		expect(new Set(keys).size).toBe(keys.length);
		for (const binding of bindingsOf(view)) {
			for (const each of binding.keys) expect(bindingFor(view, each)).toBe(binding);
		}
	},
);

test('what destroys is bound in the lists alone and never to Enter', () => {
	for (const { action, keys, views: where } of bindings) {
		if (!['uninstall', 'drop_log', 'forget', 'yes'].includes(action)) continue;
		expect(keys).not.toContain('enter');
		expect(where).not.toContain('help');
	}
});

test('Ctrl-C quits from every view', () => {
	for (const view of views) expect(bindingFor(view, 'ctrl-c')?.action).toBe('quit');
});

test('special keys go by their names', () => {
	expect(keyNames('', key({ upArrow: true }))).toEqual(['up']);
	expect(keyNames('\r', key({ return: true }))).toEqual(['enter']);
	expect(keyNames('', key({ tab: true }))).toEqual(['tab']);
	expect(keyNames('', key({ tab: true, shift: true }))).toEqual(['shift-tab']);
	expect(keyNames('', key({ escape: true, meta: true }))).toEqual(['escape']);
	expect(keyNames('c', key({ ctrl: true }))).toEqual(['ctrl-c']);
	expect(keyNames('G', key({ shift: true }))).toEqual(['G']);
});

test('keys that arrive together count one by one', () => {
	expect(keyNames('jj\rq\u0003\t', key())).toEqual(['j', 'j', 'enter', 'q', 'ctrl-c', 'tab']);
	expect(keyNames('j', key({ meta: true }))).toEqual(['escape', 'j']);
});

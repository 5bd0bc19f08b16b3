import { expect, it } from 'vitest';
import { laterChanges } from '../../source/engine/monitor/last-changes.ts';
import { byName } from '../../source/text/by-name.ts';

it('a table may be named like a member of every object', () => {
	for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
		expect(byName({}, name)).toBeUndefined();
		expect(byName(Object.fromEntries([[name, 'found']]), name)).toBe('found');
	}
});

it('the later change of such a table wins too', () => {
	const change = { side: 'local', operation: 'UPDATE', source_node: 'a' } as const;
	const at = (changed_at: string) =>
		Object.fromEntries(
			['constructor', '__proto__'].map((name) => [name, { ...change, changed_at }]),
		);
	const later = laterChanges(at('2026-01-01T00:00:00Z'), at('2026-01-02T00:00:00Z'));
	expect(Object.entries(later).map(([name, found]) => [name, found.changed_at])).toEqual([
		['constructor', '2026-01-02T00:00:00Z'],
		['__proto__', '2026-01-02T00:00:00Z'],
	]);
	expect(laterChanges({}, at('2026-01-02T00:00:00Z'))).toEqual(at('2026-01-02T00:00:00Z'));
});

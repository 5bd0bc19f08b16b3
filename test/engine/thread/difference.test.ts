import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differenceOf, withDifference } from '../../../source/engine/thread/difference.ts';

test('a difference leads from any plain value to any other, also after cloning', () => {
	const values = fc.anything({ withNullPrototype: false, maxDepth: 4 });
	const pairs = fc.tuple(fc.array(values), fc.dictionary(fc.string(), values));
	fc.assert(
		fc.property(pairs, pairs, (before, after) => {
			const difference = structuredClone(differenceOf(before, after));
			expect(difference ? withDifference(before, difference) : before).toEqual(after);
			expect(differenceOf(after, structuredClone(after))).toBe(null);
		}),
		{ numRuns: 200 },
	);
});

test('what has not changed is not sent, and stays the same object', () => {
	const tables = Array.from({ length: 1000 }, (_, id) => ({ name: `t${id}`, pending: { up: 0 } }));
	const before = { state: 'idle', tables, ends: { local: { ms: 1 }, cloud: { ms: 2 } } };
	const after = structuredClone(before);
	Object.assign(after.tables[7]?.pending ?? {}, { up: 3 });
	const difference = differenceOf(before, after);
	if (!difference) throw new Error('there is a difference');
	expect(JSON.stringify(difference).length).toBeLessThan(200);
	const next = withDifference(before, difference) as typeof before;
	expect(next).toEqual(after);
	expect(next.ends).toBe(before.ends);
	expect(next.tables[6]).toBe(before.tables[6]);
	expect(next.tables[7]).not.toBe(before.tables[7]);
	expect(before.tables[7]?.pending.up).toBe(0);
});

test('a table may have any name, and go', () => {
	const before = { notes: JSON.parse('{"__proto__": ["one"], "constructor": ["two"]}') };
	const after = { notes: JSON.parse('{"__proto__": ["three"]}') };
	const difference = differenceOf(before, after);
	if (!difference) throw new Error('there is a difference');
	const { notes } = withDifference(before, structuredClone(difference)) as typeof before;
	expect(Object.entries(notes)).toEqual([['__proto__', ['three']]]);
});

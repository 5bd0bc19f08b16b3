import { expect, it } from 'vitest';
import { type Declaration, declarations } from './imports.ts';

/**
 * Names that stand in two files on purpose, each with its reason. Constants that a file keeps to itself,
 * such as its `patience` in milliseconds, may share a name: nobody meets them elsewhere.
 */
const allowed: Record<string, string> = {};

function isShared({ kind, exported }: Declaration): boolean {
	return exported || kind !== 'const';
}

it('no name is declared in two files, so that each has one meaning', async () => {
	const found = await declarations();
	const names = new Map<string, Declaration[]>();
	for (const one of found) names.set(one.name, [...(names.get(one.name) ?? []), one]);
	const twins = [...names].flatMap(([name, all]) => {
		const paths = [...new Set(all.map(({ path }) => path))];
		if (paths.length < 2 || !all.some(isShared) || name in allowed) return [];
		return [`${name}: ${paths.join(', ')}`];
	});
	expect(twins).toEqual([]);
	// Names that nobody shares any more need no exception.
	for (const name of Object.keys(allowed)) expect(names.get(name)?.length).toBeGreaterThan(1);
});

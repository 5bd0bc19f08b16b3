import { afterAll, describe } from 'vitest';
import { type Product, productNames, products } from '../../source/demo/servers/product.ts';
import { has } from './servers.ts';

/** A pair of products, one per side. */
export interface Combination {
	local: Product;
	cloud: Product;
	/** Such as `MariaDB and MySQL`; the local one first. */
	label: string;
}

/** Every product on every side. */
const combinations: readonly Combination[] = products.flatMap((local) =>
	products.map((cloud) => ({
		local,
		cloud,
		label: `${productNames[local]} and ${productNames[cloud]}`,
	})),
);

/** A suite that needs servers; without them it is skipped, and counted at the end of the run. */
export function describeOn(needed: readonly Product[], name: string, body: () => void): void {
	const missing = needed.some((product) => !has(product));
	describe.skipIf(missing)(name, { meta: { servers: needed } }, body);
}

/** Whether two of one product are paired too, which takes half as long again: CI does. */
export const everything = process.env.ALL_COMBINATIONS === '1';

/**
 * A suite of the same tests in all combinations of products; in the everyday run of each product with
 * the other, or where a suite takes long with MariaDB on the local side alone.
 */
export function describeCombinations(
	name: string,
	body: (pair: Combination) => void,
	everyday: 'crossed' | 'one way' = 'crossed',
): void {
	describe(name, () => {
		for (const pair of combinations) {
			if (!everything && (pair.local === pair.cloud || !isEveryday(pair, everyday))) continue;
			describeOn([pair.local, pair.cloud], pair.label, () => body(pair));
		}
	});
}

function isEveryday({ local }: Combination, everyday: 'crossed' | 'one way'): boolean {
	return everyday === 'crossed' || local === 'mariadb';
}

/** A suite of the same tests with each product on each side once, for what does not differ between equals. */
export function describeCrossed(name: string, body: (pair: Combination) => void): void {
	describe(name, () => {
		for (const pair of combinations) {
			if (pair.local === pair.cloud) continue;
			describeOn([pair.local, pair.cloud], pair.label, () => body(pair));
		}
	});
}

/** Like `describeCrossed`, where a suite takes long: in the everyday run MariaDB is on the local side alone. */
export function describeOneWay(name: string, body: (pair: Combination) => void): void {
	if (everything) {
		describeCrossed(name, body);
		return;
	}
	const local = 'mariadb';
	const cloud = 'mysql';
	const label = `${productNames[local]} and ${productNames[cloud]}`;
	describe(name, () => describeOn([local, cloud], label, () => body({ local, cloud, label })));
}

/** Cases of a kind that take long: all of them where all combinations are run, and the first ones every day. */
export function everyday<Case>(cases: readonly Case[], first: number): readonly Case[] {
	return everything ? cases : cases.slice(0, first);
}

/** A suite that takes long, and is run where all combinations are. */
export function describeInFull(needed: readonly Product[], name: string, body: () => void): void {
	if (everything) describeOn(needed, name, body);
	else describe.skip(name, body);
}

/** Takes work to do at the end of a test (as `onTestFinished` does) or of a suite. */
export type AtEnd = (work: () => Promise<void>) => void;

/** For what a `beforeAll` makes: work to do at the end of the suite, the latest first. */
export function atSuiteEnd(): AtEnd {
	const works: (() => Promise<void>)[] = [];
	afterAll(async () => {
		for (const work of works.reverse()) await work();
	});
	return (work) => {
		works.push(work);
	};
}

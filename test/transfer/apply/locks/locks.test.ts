import { beforeAll, expect, it } from 'vitest';
import { products } from '../../../../source/demo/servers/product.ts';
import { atSuiteEnd, describeOn, everyday } from '../../../support/suites.ts';
import { fillKeys, keyCases, keySchema } from './key-types.ts';
import { longLogCases, ownCases, refill, rekeyed, renumbered } from './own-tables.ts';
import { makePlace, type Place, watch } from './place.ts';
import { sourceStatements } from './source-statements.ts';
import { casesOf, casesOfItems, fill, schema, shapes } from './user-tables.ts';

const items = shapes.filter(({ name }) => name.endsWith('item'));
const userCases = [...shapes.flatMap(casesOf), ...items.flatMap(casesOfItems)];

for (const product of everyday(products, 1)) {
	describeOn([product], `the engine on ${product} locks only the rows it names`, () => {
		const atEnd = atSuiteEnd();
		let place: Place;
		beforeAll(async () => {
			place = await makePlace(product, [...schema, ...keySchema(product)], atEnd);
			await fill(place);
			await fillKeys(place);
		});

		it.each(userCases)('where it $name', async (one) => {
			await watch(place, one);
		});

		it.each(keyCases(product))('where it $name', async (one) => {
			await watch(place, one);
		});

		it.each([...ownCases, rekeyed, renumbered])('where it $name', async (one) => {
			await refill(place, false);
			await watch(place, one);
		});

		it.each(longLogCases)('where it $name', async (one) => {
			await refill(place, true);
			await watch(place, one);
		});

		it('with every statement that the source has', async () => {
			const statements = await sourceStatements();
			expect(statements.length).toBeGreaterThan(20);
			const seen = [...place.seen];
			const missing = statements.filter(({ pattern }) => !seen.some((one) => pattern.test(one)));
			expect(missing.map(({ file, text }) => `${file}: ${text}`)).toEqual([]);
			const loose = seen.filter((one) => /^(UPDATE|DELETE)\b(?!.* FORCE INDEX )/.test(one));
			expect(loose).toEqual([]);
			// It would hold MariaDB's lock on AUTO_INCREMENT to its end, and lock what it reads.
			expect(seen.filter((one) => /^INSERT [^(]*\([^)]*\) SELECT\b/.test(one))).toEqual([]);
		});
	});
}

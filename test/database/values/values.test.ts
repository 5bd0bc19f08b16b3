import { beforeAll, expect, it } from 'vitest';
import { type EnginePair, enginePair, errorsOf } from '../../support/engine-pair.ts';
import { atSuiteEnd, describeCombinations } from '../../support/suites.ts';
import { characterSets } from './character-sets.ts';
import { createTables, outcomes, writeValues } from './matrix.ts';
import { type Family, families } from './types.ts';

describeCombinations('every value of every type, between', (combination) => {
	const atEnd = atSuiteEnd();
	let pair: EnginePair;
	let all: Family[];

	beforeAll(async () => {
		pair = await enginePair(combination, { atEnd });
		// MySQL, where there is one, shows what both accept as a character.
		const stricter = combination.cloud === 'mysql' ? pair.cloud : pair.local;
		all = [...families, await characterSets(stricter.connection, stricter.product)];
		await createTables(pair, all);
		await pair.sync();
	});

	it('arrives from both sides, exactly or where that cannot be in its meaning', async () => {
		await writeValues(pair, all);
		await expectSame();
	});

	it('arrives too when it takes the place of another that came from the other side', async () => {
		await writeValues(pair, all, 1);
		await expectSame();
	});

	async function expectSame(): Promise<void> {
		const moved = await pair.sync();
		const found = [];
		for (const family of all) found.push(...(await outcomes(pair, family)));
		expect(errorsOf(moved)).toEqual([]);
		expect(found.flatMap(({ wrong }) => wrong)).toEqual([]);
		const strict = found.filter((outcome) => !outcome.mayDiffer);
		expect(strict.flatMap(({ inMeaning }) => inMeaning)).toEqual([]);
		const again = await pair.sync();
		expect(again.local_to_cloud.batches + again.cloud_to_local.batches).toBe(0);
	}
});

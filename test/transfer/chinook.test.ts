import { describe, expect, it } from 'vitest';
import { hasChinook, readChinook } from '../support/chinook.ts';
import { compareTables } from '../support/compare-tables.ts';
import { testPair } from '../support/pair.ts';
import { describeCombinations } from '../support/suites.ts';

describe.skipIf(!hasChinook)('the Chinook sample', () => {
	describeCombinations(
		'between',
		({ local, cloud }) => {
			it('arrives whole when it is loaded on one side after the installation', async () => {
				const { schema, data } = readChinook();
				const pair = await testPair({ local, cloud }, { schema });
				const installed = await pair.run('install');
				expect(installed).toMatchObject({ code: 0 });
				for (const statement of data) await pair.local.connection.query(statement);

				const first = await pair.sync();

				expect(first.local_to_cloud).toMatchObject({ applied: 15607, errors: 0, conflicts: 0 });
				expect(await compareTables(pair.local.connection, pair.cloud.connection)).toEqual([]);
				const second = await pair.sync();
				expect(second.local_to_cloud).toMatchObject({ applied: 0, batches: 0 });
				expect(second.cloud_to_local).toMatchObject({ applied: 0, batches: 0 });
			});
		},
		'one way',
	);
});

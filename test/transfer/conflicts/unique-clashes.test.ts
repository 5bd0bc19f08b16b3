import { expect, it } from 'vitest';
import type { ConflictPolicy } from '../../../source/config/types.ts';
import { listConflicts, resolveConflict } from '../../../source/engine/records/conflicts.ts';
import { listParked } from '../../../source/engine/records/parked.ts';
import { closeBoth, openBoth } from '../../../source/engine/shared/connections.ts';
import { type EnginePair, enginePair } from '../../support/engine-pair.ts';
import { describeOneWay } from '../../support/suites.ts';

const schema = [
	'CREATE TABLE person (id INT PRIMARY KEY, email VARCHAR(40) UNIQUE, name VARCHAR(40))',
	'CREATE TABLE visit (id INT PRIMARY KEY, person INT, FOREIGN KEY (person) REFERENCES person (id) ON DELETE CASCADE)',
];

const here = { id: 1, email: 'a@b.c', name: 'here' };
const there = { id: 2, email: 'a@b.c', name: 'there' };

describeOneWay('two rows that want one value of a UNIQUE key, between', (products) => {
	async function clashing(conflict: ConflictPolicy): Promise<EnginePair> {
		const pair = await enginePair(products, { schema, config: { conflict } });
		await pair.sync();
		await pair.local.connection.query("INSERT INTO person VALUES (1, 'a@b.c', 'here')");
		await pair.cloud.connection.query("INSERT INTO person VALUES (2, 'a@b.c', 'there')");
		await pair.sync();
		return pair;
	}

	async function onRecord({ config }: EnginePair, openOnly = true) {
		const connections = await openBoth(config);
		const conflicts = await listConflicts(connections, config, openOnly);
		const parked = await listParked(connections, config);
		await closeBoth(connections);
		return { conflicts, parked };
	}

	async function decide({ config }: EnginePair, id: string, keep: 'local' | 'cloud') {
		const connections = await openBoth(config);
		try {
			await resolveConflict(connections, config, id, keep);
		} finally {
			await closeBoth(connections);
		}
	}

	async function people(pair: EnginePair, side: 'local' | 'cloud') {
		return (await pair[side].connection.query('SELECT * FROM person ORDER BY id'))[0];
	}

	it.each(['newest', 'local', 'cloud', 'manual'] as const)(
		'both stay, and are on record once, where the policy is %s',
		async (policy) => {
			const pair = await clashing(policy);
			await pair.sync();
			expect(await people(pair, 'local')).toEqual([here]);
			expect(await people(pair, 'cloud')).toEqual([there]);
			const { conflicts, parked } = await onRecord(pair);
			expect(conflicts).toEqual([
				expect.objectContaining({
					table: 'person',
					key: 'id=1 against id=2',
					local: here,
					cloud: there,
					kept: null,
				}),
			]);
			expect(parked).toHaveLength(2);
		},
	);

	it.each([
		['local', here, there],
		['cloud', there, here],
	] as const)('end as a person decides: %s', async (keep, kept, lost) => {
		const pair = await clashing('newest');
		const [clash] = (await onRecord(pair)).conflicts;
		await decide(pair, clash?.id ?? '', keep);
		await pair.sync();
		expect(await people(pair, 'local')).toEqual([kept]);
		expect(await people(pair, 'cloud')).toEqual([kept]);
		expect(await onRecord(pair)).toEqual({ conflicts: [], parked: [] });
		const other = keep === 'local' ? 'cloud' : 'local';
		expect((await onRecord(pair, false)).conflicts).toEqual([
			expect.objectContaining({ kept: keep, [keep]: kept, [other]: lost }),
		]);
		await expect(decide(pair, clash?.id ?? '', other)).rejects.toThrow('is already resolved');
	});

	it('give way at every site of a hub', async () => {
		const hub = await enginePair(products, { schema });
		await hub.sync();
		const { cloud } = hub;
		const south = await enginePair(products, { schema, node: 'south', cloud });
		await south.sync();
		await cloud.connection.query("INSERT INTO person VALUES (2, 'a@b.c', 'there')");
		await south.sync();
		await hub.local.connection.query("INSERT INTO person VALUES (1, 'a@b.c', 'here')");
		await hub.sync();
		const [clash] = (await onRecord(hub)).conflicts;
		await decide(hub, clash?.id ?? '', 'local');
		for (const pair of [hub, south]) await pair.sync();
		for (const pair of [hub, south]) expect(await people(pair, 'local')).toEqual([here]);
	});

	it('keep what refers to them: a row is not deleted with its dependents', async () => {
		const pair = await clashing('newest');
		await pair.cloud.connection.query('INSERT INTO visit VALUES (1, 2)');
		const [clash] = (await onRecord(pair)).conflicts;
		await expect(decide(pair, clash?.id ?? '', 'local')).rejects.toThrow(
			'rows of visit reference it (1)',
		);
		expect(await people(pair, 'cloud')).toEqual([there]);
	});

	it('are no longer a conflict once one of them takes another value', async () => {
		const pair = await clashing('newest');
		await pair.cloud.connection.query("UPDATE person SET email = 'd@e.f'");
		await pair.sync();
		expect(await pair.differences()).toEqual([]);
		expect(await onRecord(pair)).toEqual({ conflicts: [], parked: [] });
	});
});

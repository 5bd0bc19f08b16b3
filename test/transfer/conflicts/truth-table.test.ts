import type { Connection } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { type ConflictPolicy, type Side, sides } from '../../../source/config/types.ts';
import { otherSide } from '../../../source/engine/api/side-ids.ts';
import { listConflicts } from '../../../source/engine/records/conflicts.ts';
import { closeBoth, openBoth } from '../../../source/engine/shared/connections.ts';
import { type EnginePair, enginePair } from '../../support/engine-pair.ts';
import { describeOneWay, everyday } from '../../support/suites.ts';

/** What one side does to a row since both agreed. */
const deeds = {
	insert: (id: number, name: string) => [`INSERT INTO item VALUES (${id}, '${name}')`],
	update: (id: number, name: string) => [`UPDATE item SET name = '${name}' WHERE id = ${id}`],
	delete: (id: number) => [`DELETE FROM item WHERE id = ${id}`],
	'delete and insert': (id: number, name: string) => [
		`DELETE FROM item WHERE id = ${id}`,
		`INSERT INTO item VALUES (${id}, '${name}')`,
	],
	'update and delete': (id: number, name: string) => [
		`UPDATE item SET name = '${name}' WHERE id = ${id}`,
		`DELETE FROM item WHERE id = ${id}`,
	],
	rekey: (id: number, name: string) => [
		`UPDATE item SET id = ${id} + 100000, name = '${name}' WHERE id = ${id}`,
	],
} as const;

type Deed = keyof typeof deeds;

interface Cell {
	id: number;
	done: Record<Side, Deed>;
	/** Which side is the last to act. */
	later: Side;
}

const onAgreed = (Object.keys(deeds) as Deed[]).filter((deed) => deed !== 'insert');

/** Every deed against every other, either side being the later one. */
const cells: Cell[] = sides
	.flatMap((later) => [
		{ done: { local: 'insert', cloud: 'insert' } as const, later },
		...onAgreed.flatMap((local) => onAgreed.map((cloud) => ({ done: { local, cloud }, later }))),
	])
	.map((cell, index) => ({ ...cell, id: index + 1 }));

const removes = (deed: Deed) => ['delete', 'update and delete', 'rekey'].includes(deed);

/** What a side has under the row's key once it has acted; null for no row. */
function left({ id, done }: Cell, side: Side) {
	return removes(done[side]) ? null : { id, name: `${side} ${id}` };
}

async function act(connection: Connection, cell: Cell, side: Side): Promise<void> {
	for (const sql of deeds[cell.done[side]](cell.id, `${side} ${cell.id}`)) {
		await connection.query(sql);
	}
}

async function standing({ local, cloud }: EnginePair) {
	const read = async (connection: Connection) => {
		const [rows] = await connection.query('SELECT id, name FROM item WHERE id < 100000');
		return new Map((rows as { id: number; name: string }[]).map((row) => [row.id, row]));
	};
	return { local: await read(local.connection), cloud: await read(cloud.connection) };
}

async function onRecord({ config }: EnginePair) {
	const connections = await openBoth(config);
	const conflicts = await listConflicts(connections, config, false);
	await closeBoth(connections);
	return new Map(conflicts.map((conflict) => [conflict.key, conflict]));
}

describeOneWay('a row that changed on both sides in any two ways, between', (products) => {
	it.each<ConflictPolicy>(everyday(['newest', 'manual', 'local', 'cloud'], 2))(
		'ends as the policy %s has it, with both versions on record',
		async (policy) => {
			const pair = await enginePair(products, {
				schema: ['CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))'],
				config: { conflict: policy },
			});
			await pair.sync();
			const agreed = cells.filter(({ done }) => done.local !== 'insert');
			await pair.local.connection.query('INSERT INTO item VALUES ?', [
				agreed.map(({ id }) => [id, 'agreed']),
			]);
			await pair.sync();
			for (const later of sides) {
				const ofOrder = cells.filter((cell) => cell.later === later);
				for (const cell of ofOrder) {
					await act(pair[otherSide(later)].connection, cell, otherSide(later));
				}
				// The two servers share a clock, and the later deed is later by more than its steps.
				await pair[later].connection.query('DO SLEEP(0.01)');
				for (const cell of ofOrder) await act(pair[later].connection, cell, later);
			}

			await pair.sync();

			const rows = await standing(pair);
			const record = await onRecord(pair);
			for (const cell of cells) {
				const what = `${cell.done.local} against ${cell.done.cloud}, ${cell.later} later`;
				const versions = { local: left(cell, 'local'), cloud: left(cell, 'cloud') };
				const same = versions.local === null && versions.cloud === null;
				const winner = policy === 'newest' ? cell.later : policy;
				for (const side of sides) {
					const kept = versions[winner === 'manual' ? side : winner];
					expect(rows[side].get(cell.id) ?? null, `${what}, on ${side}`).toEqual(kept);
				}
				const conflict = record.get(`id=${cell.id}`);
				if (same) {
					expect(conflict, what).toBeUndefined();
				} else {
					const kept = winner === 'manual' ? null : winner;
					expect(conflict, what).toMatchObject({ ...versions, kept });
				}
			}
			if (policy !== 'manual') expect(await pair.differences()).toEqual([]);
			const again = await pair.sync();
			expect(again.local_to_cloud.applied + again.cloud_to_local.applied).toBe(0);
		},
	);
});

import type { Connection } from 'mysql2/promise';
import { expect, it } from 'vitest';
import type { Direction } from '../../../source/config/types.ts';
import { listedChanges, type PageRequest } from '../../../source/engine/api/listing.ts';
import { testPair } from '../../support/pair.ts';
import { runningEngine } from '../../support/running-engine.ts';
import { describeOn } from '../../support/suites.ts';
import { waitFor } from '../../support/wait.ts';

const schema = [
	'CREATE TABLE item (id INT PRIMARY KEY)',
	'CREATE TABLE Maker (id INT PRIMARY KEY)',
];

/** A change as recorded in a log. */
interface Logged {
	id: number;
	table: string;
	operation: string;
	source: string;
	applied: string;
}

describeOn(['mariadb', 'mysql'], 'the changes of a long log', () => {
	it('are listed from either end, around a change and by the words in their names', async () => {
		const { local, cloud, engine, shown } = await withLongLogs();
		const logs = {
			local_to_cloud: pendingFor('cloud', await fill(local, 'cloud')),
			cloud_to_local: pendingFor('site', await fill(cloud, 'site')),
		};
		const [oldest, newest] = [at('oldest'), at('newest')];
		for (const pages of [
			both(oldest),
			both(newest),
			{ local_to_cloud: at(around(logs.local_to_cloud, 0.5)), cloud_to_local: oldest },
			{ local_to_cloud: newest, cloud_to_local: at(around(logs.cloud_to_local, 0.4)) },
			// Few are before the first one, and few behind the second.
			{ local_to_cloud: at('20'), cloud_to_local: at('2980') },
			both(at('oldest', 'MAK')),
			both(at('newest', 'mak', 'delete')),
			both(at('1500', 'far')),
			both(at('1500', 'mak')),
			both(at('oldest', 'mak', 'insert')),
		]) {
			engine.watch('pair', { pages });
			await waitFor(
				() =>
					(['local_to_cloud', 'cloud_to_local'] as const).every(
						(direction) =>
							shown().directions[direction].pending === logs[direction].length &&
							shown().pages[direction].anchor === pages[direction].anchor &&
							shown().pages[direction].words.join() === pages[direction].words.join(),
					),
				{ what: `the page ${JSON.stringify(pages)}` },
			);
			for (const direction of ['local_to_cloud', 'cloud_to_local'] as const) {
				const { ids, older, newer } = expected(logs[direction], pages[direction]);
				const { changes, pages: are } = shown();
				expect(changes[direction].map(({ id }) => Number(id))).toEqual(ids);
				expect(are[direction]).toEqual({ ...pages[direction], older, newer });
			}
		}
	});
});

async function withLongLogs() {
	const pair = await testPair(
		{ local: 'mariadb', cloud: 'mysql' },
		{ schema, config: { interval: '1h', refresh: '200ms' } },
	);
	const { engine, shown } = await runningEngine(pair);
	await engine.pause('pair');
	await waitFor(() => shown().state === 'paused', { what: 'the pause' });
	engine.watch('pair');
	return { local: pair.local.connection, cloud: pair.cloud.connection, engine, shown };
}

/** Writes 3,000 changes into a log, under many lists of nodes; every fifth is not pending for the node. */
async function fill(connection: Connection, node: string): Promise<Logged[]> {
	const [here, there] = node === 'cloud' ? ['site', 'cloud'] : ['cloud', 'site'];
	const lists = ['', here, `far,${here}`, 'far', there];
	const log = Array.from({ length: 3000 }, (_, index) => ({
		id: index + 1,
		table: index % 7 === 0 ? 'Maker' : 'item',
		operation: index % 3 === 0 ? 'DELETE' : 'UPDATE',
		source: index % 50 === 0 ? there : index % 11 === 0 ? 'far' : here,
		applied: lists[index % lists.length] ?? '',
	}));
	await connection.query(
		'INSERT INTO change_log (id, table_name, operation, row_key, source_node, applied_nodes) VALUES ?',
		[
			log.map(({ id, table, operation, source, applied }) => [
				id,
				table,
				operation,
				`x${Buffer.from(String(id)).toString('hex')}`,
				source,
				applied,
			]),
		],
	);
	return log;
}

function pendingFor(node: string, log: readonly Logged[]): Logged[] {
	return log.filter(({ applied, source }) => source !== node && !applied.split(',').includes(node));
}

function at(anchor: PageRequest['anchor'], ...words: string[]): PageRequest {
	return { anchor, words };
}

function both(page: PageRequest): Record<Direction, PageRequest> {
	return { local_to_cloud: page, cloud_to_local: page };
}

/** The id of the change after so much of a log. */
function around(log: readonly Logged[], share: number): PageRequest['anchor'] {
	return `${BigInt(log[Math.floor(share * log.length)]?.id ?? 0)}`;
}

function expected(log: readonly Logged[], { anchor, words }: PageRequest) {
	const wanted = log.filter(({ table, operation, source }) =>
		words.every((word) =>
			[table, operation, source].some((name) => name.toLowerCase().includes(word.toLowerCase())),
		),
	);
	const { length } = wanted;
	const found = wanted.findIndex(({ id }) => id >= Number(anchor));
	const place = found < 0 ? length : found;
	const half = listedChanges / 2;
	const [from, to] =
		anchor === 'oldest'
			? [0, listedChanges]
			: anchor === 'newest'
				? [Math.max(0, length - listedChanges), length]
				: [Math.max(0, place - half), place + half];
	const ids = wanted.slice(from, to).map(({ id }) => id);
	return { ids, older: from, newer: Math.max(0, length - to) };
}

import type { Connection, RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { enginePair } from '../support/engine-pair.ts';
import { describeOneWay } from '../support/suites.ts';

const schema = [
	'CREATE TABLE booking (id INT PRIMARY KEY, account INT NOT NULL)',
	'CREATE TABLE entry (id INT PRIMARY KEY, booking INT NOT NULL, amount INT NOT NULL)',
];

/** Statements of one transaction, more than a batch has changes by default. */
const bookings = 130;

/** One transaction: bookings, one statement each, with entries that add up to nothing. */
async function book(connection: Connection, round: number): Promise<void> {
	await connection.beginTransaction();
	for (let booking = round * 1000; booking < round * 1000 + bookings; booking += 1) {
		await connection.query('INSERT INTO booking VALUES (?, ?)', [booking, round]);
		await connection.query('INSERT INTO entry VALUES (?, ?, ?), (?, ?, ?)', [
			...[booking * 2, booking, round + 1],
			...[booking * 2 + 1, booking, -round - 1],
		]);
	}
	await connection.query('UPDATE entry SET amount = amount * 2 WHERE booking < ?', [
		round * 1000 + bookings,
	]);
	await connection.commit();
}

/** What a reader sees at one moment. */
async function see(connection: Connection) {
	await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
	const [[found]] = await connection.query<RowDataPacket[]>(
		`SELECT
			(SELECT COUNT(*) FROM booking) AS bookings,
			(SELECT COUNT(*) FROM entry) AS entries,
			(SELECT COUNT(DISTINCT account) FROM booking) AS rounds,
			(SELECT COALESCE(SUM(amount), 0) FROM entry) AS total,
			(SELECT COALESCE(MAX(ABS(amount)), 0) FROM entry WHERE booking < ${bookings}) AS first`,
	);
	await connection.query('COMMIT');
	const number = (name: string) => Number(found?.[name]);
	return {
		bookings: number('bookings'),
		entries: number('entries'),
		rounds: number('rounds'),
		total: number('total'),
		first: number('first'),
	};
}

describeOneWay('a transaction, between', (products) => {
	it('is seen whole on the other side or not at all', async () => {
		const pair = await enginePair(products, {
			schema,
			config: { batchSize: 100, maxBatchSize: 20_000 },
		});
		await pair.sync();
		const writer = await pair.local.connect();
		const reader = await pair.cloud.connect();
		const rounds = 6;
		let writing = true;
		const written = (async () => {
			for (let round = 0; round < rounds; round += 1) await book(writer, round);
			writing = false;
		})();
		let reading = true;
		const looks: Awaited<ReturnType<typeof see>>[] = [];
		const read = (async () => {
			while (reading) looks.push(await see(reader));
		})();
		while (writing) await pair.sync();
		await written;
		const last = await pair.sync();
		reading = false;
		await read;

		expect(await see(reader)).toMatchObject({ rounds, bookings: rounds * bookings });
		for (const look of looks) {
			expect(look).toEqual({
				bookings: look.rounds * bookings,
				entries: look.rounds * bookings * 2,
				rounds: look.rounds,
				total: 0,
				// Every later transaction doubles the amounts of the first.
				first: look.rounds === 0 ? 0 : 2 ** look.rounds,
			});
		}
		expect(last.said).toEqual([]);
	});

	it('that is larger than the largest batch is transferred in parts, which is reported', async () => {
		const pair = await enginePair(products, {
			schema,
			config: { batchSize: 10, maxBatchSize: 200 },
		});
		await pair.sync();
		await book(pair.local.connection, 0);
		const { said, local_to_cloud } = await pair.sync();
		expect(local_to_cloud.batches).toBeGreaterThan(1);
		expect(said).toEqual([
			expect.stringMatching(/^pair, local to cloud: backlog split into \d+ batches/),
		]);
		expect(await pair.differences()).toEqual([]);
	});

	it('that stays open arrives when it is committed, whatever was transferred before', async () => {
		const pair = await enginePair(products, { schema });
		await pair.sync();
		const slow = await pair.local.connect();
		await slow.beginTransaction();
		await slow.query('INSERT INTO booking VALUES (1, 1)');
		for (let round = 1; round <= 3; round += 1) {
			await book(pair.local.connection, round);
			await pair.sync();
		}
		await slow.query('INSERT INTO booking VALUES (2, 1)');
		await slow.commit();
		const { local_to_cloud } = await pair.sync();
		expect(local_to_cloud.applied).toBe(2);
		expect(await pair.differences()).toEqual([]);
	});
});

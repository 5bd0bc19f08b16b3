/** An application on one node: random transactions, with each version of a row entered in the ledger. */
import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { Chance } from '../../support/rounds.ts';
import type { Ledger, Version } from './ledger.ts';

export const schema = [
	'CREATE TABLE item (id INT PRIMARY KEY, code VARCHAR(8) UNIQUE, stamp INT NOT NULL)',
	`CREATE TABLE part (
		id INT PRIMARY KEY, item INT NOT NULL, stamp INT NOT NULL,
		FOREIGN KEY (item) REFERENCES item (id) ON DELETE CASCADE
	)`,
	`CREATE TABLE remark (
		topic VARCHAR(4), number INT, item INT, stamp INT NOT NULL, PRIMARY KEY (topic, number),
		FOREIGN KEY (item) REFERENCES item (id) ON DELETE SET NULL
	)`,
];

export const tables = ['item', 'part', 'remark'] as const;
type Table = (typeof tables)[number];

/** SQL of a row's key as text, as the ledger names it. */
export const keyText: Record<Table, string> = {
	item: 'id',
	part: 'id',
	remark: "CONCAT(topic, ',', number)",
};

/** Few rows, so that both sides often write the same one. */
const ids = 5;

/** What a server refuses for good reason: a duplicate, a missing parent, a lock wait, a deadlock. */
const refusals = [1062, 1451, 1452, 1205, 1213, 1020];

export class Application {
	readonly #connection: Connection;
	readonly #node: string;
	readonly #ledger: Ledger;
	readonly #chance: Chance;
	/** The writes of the current transaction. */
	#versions: Version[] = [];

	constructor(connection: Connection, node: string, ledger: Ledger, chance: Chance) {
		this.#connection = connection;
		this.#node = node;
		this.#ledger = ledger;
		this.#chance = chance;
	}

	/** One transaction of one to four statements; now and then it is rolled back. */
	async transact(): Promise<void> {
		this.#versions = [];
		try {
			await this.#connection.query('START TRANSACTION');
			for (let count = this.#chance.below(4); count >= 0; count -= 1) await this.#statement();
			if (this.#chance.below(8) === 0) {
				await this.#connection.query('ROLLBACK');
				return;
			}
			await this.#connection.query('COMMIT');
			this.#ledger.enter(this.#versions);
		} catch (error) {
			if (!refusals.includes((error as { errno: number }).errno)) throw error;
			await this.#connection.query('ROLLBACK');
		}
	}

	async #statement(): Promise<void> {
		const id = 1 + this.#chance.below(ids);
		const item = 1 + this.#chance.below(ids);
		const deeds = [
			() => this.#put('item', { id, code: this.#code() }),
			() => this.#put('item', { id, code: this.#code() }),
			() => this.#put('part', { id, item }),
			() => this.#put('part', { id, item }),
			() => this.#put('remark', { topic: 'a', number: id, item: this.#orNull(item) }),
			() => this.#put('remark', { topic: 'b', number: id, item: null }),
			() => this.#replaceRemark(id),
			() => this.#move(id, item),
			() => this.#touchParts(item),
			() => this.#delete('item', String(id)),
			() => this.#delete('part', String(id)),
			() => this.#delete('remark', `a,${id}`),
		];
		await this.#chance.pick(deeds)();
	}

	/** A value of the UNIQUE column: mostly none, sometimes one that the other side may choose too. */
	#code(): string | null {
		return this.#chance.below(4) === 0 ? `code ${this.#chance.below(4)}` : null;
	}

	#orNull(item: number): number | null {
		return this.#chance.below(2) === 0 ? item : null;
	}

	/** Inserts a row, or writes it if it is there. */
	async #put(table: Table, values: Record<string, string | number | null>): Promise<void> {
		const key = table === 'remark' ? `${values.topic},${values.number}` : String(values.id);
		const where = `${keyText[table]} = '${key}'`;
		const [seen] = await this.#stampsOf(table, where);
		const row = { ...values, stamp: await this.#write(table, key) };
		await this.#connection.query(
			seen ? `UPDATE ${table} SET ? WHERE ${where}` : `INSERT INTO ${table} SET ?`,
			[row],
		);
	}

	async #replaceRemark(number: number): Promise<void> {
		const stamp = await this.#write('remark', `a,${number}`);
		await this.#connection.query(`REPLACE INTO remark VALUES ('a', ?, NULL, ?)`, [number, stamp]);
	}

	/** Gives a part another key. */
	async #move(from: number, to: number): Promise<void> {
		const [seen] = await this.#stampsOf('part', `id = ${from}`);
		if (!seen || from === to) return;
		await this.#gone('part', `id = ${from}`);
		const stamp = await this.#write('part', String(to), [seen.stamp]);
		await this.#connection.query('UPDATE part SET id = ?, stamp = ? WHERE id = ?', [
			to,
			stamp,
			from,
		]);
	}

	/** Writes several rows by one statement. */
	async #touchParts(item: number): Promise<void> {
		const seen = await this.#stampsOf('part', `item = ${item}`);
		if (seen.length === 0) return;
		const cases: string[] = [];
		for (const { key } of seen) cases.push(`WHEN ${key} THEN ${await this.#write('part', key)}`);
		await this.#connection.query(
			`UPDATE part SET stamp = CASE id ${cases.join(' ')} ELSE stamp END WHERE item = ${item}`,
		);
	}

	/** Deletes a row, and with an item its parts. */
	async #delete(table: Table, key: string): Promise<void> {
		if (table === 'item') await this.#gone('part', `item = ${key}`);
		await this.#gone(table, `${keyText[table]} = '${key}'`);
		await this.#connection.query(`DELETE FROM ${table} WHERE ${keyText[table]} = ?`, [key]);
	}

	/** Notes the deletion of rows. */
	async #gone(table: Table, where: string): Promise<void> {
		for (const { key, stamp } of await this.#stampsOf(table, where)) {
			this.#note({ row: `${table} ${key}`, deleted: true, before: [stamp] });
		}
	}

	/** Notes a new version of a row. Resolves to its stamp. */
	async #write(table: Table, key: string, before: readonly number[] = []): Promise<number> {
		const row = `${table} ${key}`;
		const [seen] = await this.#stampsOf(table, `${keyText[table]} = '${key}'`);
		const mine = this.#versions.filter((version) => version.row === row);
		const absence = [...this.#ledger.absence(row), ...mine.map(({ stamp }) => stamp)];
		const place = seen ? [seen.stamp] : absence;
		return this.#note({ row, deleted: false, before: [...before, ...place] });
	}

	#note(version: Pick<Version, 'row' | 'deleted' | 'before'>): number {
		const stamp = this.#ledger.nextStamp();
		this.#versions.push({ ...version, stamp, node: this.#node });
		return stamp;
	}

	async #stampsOf(table: Table, where: string): Promise<{ key: string; stamp: number }[]> {
		const [rows] = await this.#connection.query<RowDataPacket[]>(
			`SELECT ${keyText[table]} AS row_key, stamp FROM ${table} WHERE ${where} FOR UPDATE`,
		);
		return rows.map(({ row_key, stamp }) => ({ key: String(row_key), stamp: Number(stamp) }));
	}
}

import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { cityOf, skus, warehouses } from './shop.ts';

/** Average milliseconds between two transactions. */
const pace = 60;

type Business = (connection: Connection) => Promise<void>;

/**
 * The workload of one shop: purchases, payments, price changes, and sometimes a transaction that is rolled
 * back. Both shops change the same products and customers, but each cancels only its own purchases: a
 * purchase that one shop cancels while the other extends it would violate foreign keys on both sides.
 */
export class Workload {
	readonly #connection: Connection;
	/** The shop, 0 or 1. It determines whether its AUTO_INCREMENT ids are even or odd. */
	readonly #shop: number;
	readonly #own: number[] = [];
	#stopped = false;
	#running: Promise<void> | null = null;
	#statements = 0;

	constructor(connection: Connection, shop: number) {
		this.#connection = connection;
		this.#shop = shop;
	}

	/** Transactions so far. */
	get done(): number {
		return this.#statements;
	}

	start(): void {
		this.#running ??= this.#run();
	}

	/**
	 * Finishes the current transaction.
	 * @throws the error that made the workload fail, if any
	 */
	async stop(): Promise<void> {
		this.#stopped = true;
		await this.#running;
	}

	async #run(): Promise<void> {
		await this.#connection.query(
			`SET SESSION auto_increment_increment = 2, auto_increment_offset = ${this.#shop + 1}`,
		);
		const businesses: Business[] = [
			(connection) => this.#purchase(connection),
			(connection) => this.#purchase(connection),
			(connection) => this.#cancel(connection),
			(connection) => this.#pay(connection),
			restock,
			changePrice,
			moveCustomer,
			(connection) => this.#welcome(connection),
			(connection) => this.#renameVoucher(connection),
			visit,
			changeMind,
		];
		while (!this.#stopped) {
			const business = pick(businesses);
			await retried(() => business(this.#connection), this.#connection);
			this.#statements += 1;
			await pause(Math.random() * 2 * pace);
		}
	}

	async #purchase(connection: Connection): Promise<void> {
		const customer = await anyCustomer(connection);
		if (customer === undefined) return;
		await connection.beginTransaction();
		const [{ insertId }] = await connection.query<ResultSetHeader>(
			'INSERT INTO purchase (customer_id) VALUES (?)',
			[customer],
		);
		const lines = Array.from({ length: 1 + below(4) }, (_, index) => [
			insertId,
			index + 1,
			pick(skus),
			1 + below(3),
		]);
		await connection.query(
			'INSERT INTO purchase_line (purchase_id, line_number, sku, pieces) VALUES ?',
			[lines],
		);
		await connection.commit();
		this.#own.push(insertId);
	}

	async #cancel(connection: Connection): Promise<void> {
		if (this.#own.length < 10) return;
		const [purchase] = this.#own.splice(below(this.#own.length), 1);
		await connection.beginTransaction();
		await connection.query('DELETE FROM purchase_line WHERE purchase_id = ?', [purchase]);
		await connection.query('DELETE FROM purchase WHERE id = ?', [purchase]);
		await connection.commit();
	}

	async #pay(connection: Connection): Promise<void> {
		if (this.#own.length === 0) return;
		await connection.query("UPDATE purchase SET state = 'paid' WHERE id = ?", [pick(this.#own)]);
	}

	async #welcome(connection: Connection): Promise<void> {
		await connection.query(
			'INSERT INTO customer (name, city, joined_at) VALUES (?, ?, UTC_TIMESTAMP(3))',
			[`Customer from ${this.#shop === 0 ? 'the shop' : 'the web'}`, cityOf(below(100))],
		);
	}

	/** Changes a primary key: the other side must delete the old row and insert the new one. */
	async #renameVoucher(connection: Connection): Promise<void> {
		const code = () => `${this.#shop}${randomBytes(4).toString('hex')}`;
		await connection.query('INSERT INTO voucher (code, percent) VALUES (?, ?)', [
			code(),
			5 + below(20),
		]);
		await connection.query(
			'UPDATE voucher SET code = ?, percent = percent + 1 WHERE code LIKE ? ORDER BY code LIMIT 1',
			[code(), `${this.#shop}%`],
		);
	}
}

/** A transaction that meets a deadlock, a lock wait or a conflicting change is rolled back and skipped. */
async function retried(business: () => Promise<void>, connection: Connection): Promise<void> {
	try {
		await business();
	} catch (error) {
		await connection.rollback();
		const { errno } = error as { errno?: number };
		if (errno !== 1205 && errno !== 1213 && errno !== 1452 && errno !== 1020) throw error;
	}
}

async function restock(connection: Connection): Promise<void> {
	await connection.query('UPDATE stock SET pieces = pieces + ? WHERE sku = ? AND warehouse = ?', [
		below(9) - 3,
		pick(skus),
		pick(warehouses),
	]);
}

async function changePrice(connection: Connection): Promise<void> {
	const sku = pick(skus);
	await connection.query('UPDATE product SET price = price + 0.05 WHERE sku = ?', [sku]);
	await connection.query(
		`REPLACE INTO price_history (sku, valid_from, price)
		SELECT sku, UTC_DATE(), price FROM product WHERE sku = ?`,
		[sku],
	);
}

async function moveCustomer(connection: Connection): Promise<void> {
	await connection.query('UPDATE customer SET city = ? WHERE id = ?', [
		cityOf(below(100)),
		await anyCustomer(connection),
	]);
}

async function visit(connection: Connection): Promise<void> {
	await connection.query('INSERT INTO visit_session (token, basket) VALUES (?, ?)', [
		randomBytes(16),
		JSON.stringify({ items: [pick(skus)], seconds: below(500) }),
	]);
	await connection.query('INSERT INTO page_view (path, seen_at) VALUES (?, UTC_TIMESTAMP())', [
		`/${pick(skus).toLowerCase()}`,
	]);
	await connection.query('DELETE FROM visit_session ORDER BY token LIMIT ?', [below(2)]);
}

/** A rolled-back transaction leaves nothing to sync. */
async function changeMind(connection: Connection): Promise<void> {
	await connection.beginTransaction();
	await connection.query('UPDATE stock SET pieces = 0 WHERE warehouse = ?', [pick(warehouses)]);
	await connection.rollback();
}

async function anyCustomer(connection: Connection): Promise<number | undefined> {
	const [rows] = await connection.query<(RowDataPacket & { id: number })[]>(
		'SELECT id FROM customer ORDER BY id LIMIT 1 OFFSET ?',
		[below(50)],
	);
	return rows[0]?.id;
}

function below(limit: number): number {
	return Math.floor(Math.random() * limit);
}

function pick<T>(choices: readonly T[]): T {
	return choices[below(choices.length)] as T;
}

import type { Connection } from 'mysql2/promise';

/** The sample shop's database. */
export const shopDatabase = 'shop';

/**
 * A small shop with various primary keys: one and two columns, AUTO_INCREMENT, text, binary, date and enum.
 * One table has no primary key and cannot be synced. Both MariaDB and MySQL know the collation.
 */
const tables = [
	`CREATE TABLE customer (
		id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
		name VARCHAR(80) NOT NULL,
		city VARCHAR(60) NOT NULL,
		joined_at DATETIME(3) NOT NULL,
		note TEXT NULL
	)`,
	`CREATE TABLE product (
		sku VARCHAR(20) NOT NULL PRIMARY KEY,
		title VARCHAR(120) NOT NULL,
		weight_kg DOUBLE NOT NULL,
		price DECIMAL(10, 2) NOT NULL
	)`,
	`CREATE TABLE stock (
		sku VARCHAR(20) NOT NULL,
		warehouse ENUM('north', 'south', 'harbour') NOT NULL,
		pieces INT NOT NULL,
		PRIMARY KEY (sku, warehouse),
		FOREIGN KEY (sku) REFERENCES product (sku)
	)`,
	`CREATE TABLE purchase (
		id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
		customer_id INT UNSIGNED NOT NULL,
		ordered_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
		state ENUM('open', 'paid', 'sent') NOT NULL DEFAULT 'open',
		FOREIGN KEY (customer_id) REFERENCES customer (id)
	)`,
	`CREATE TABLE purchase_line (
		purchase_id BIGINT UNSIGNED NOT NULL,
		line_number SMALLINT UNSIGNED NOT NULL,
		sku VARCHAR(20) NOT NULL,
		pieces INT NOT NULL,
		PRIMARY KEY (purchase_id, line_number),
		FOREIGN KEY (purchase_id) REFERENCES purchase (id),
		FOREIGN KEY (sku) REFERENCES product (sku)
	)`,
	`CREATE TABLE price_history (
		sku VARCHAR(20) NOT NULL,
		valid_from DATE NOT NULL,
		price DECIMAL(10, 2) NOT NULL,
		PRIMARY KEY (sku, valid_from)
	)`,
	`CREATE TABLE voucher (
		code VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
		percent TINYINT UNSIGNED NOT NULL
	)`,
	`CREATE TABLE visit_session (
		token BINARY(16) NOT NULL PRIMARY KEY,
		customer_id INT UNSIGNED NULL,
		basket JSON NULL
	)`,
	`CREATE TABLE page_view (
		path VARCHAR(100) NOT NULL,
		seen_at DATETIME NOT NULL
	)`,
];

/** Tables that must be equal on both sides in the end. */
export const syncedTables = [
	'customer',
	'product',
	'stock',
	'purchase',
	'purchase_line',
	'price_history',
	'voucher',
	'visit_session',
];

export const warehouses = ['north', 'south', 'harbour'];

/** Creates the empty shop on one server. */
export async function createShop(connection: Connection): Promise<void> {
	await connection.query(
		`CREATE DATABASE ${shopDatabase} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
	);
	await connection.query(`USE ${shopDatabase}`);
	for (const table of tables) await connection.query(table);
}

const cities = ['Aarhus', 'Brno', 'Coimbra', 'Dinan', 'Évora', 'Füssen', 'Gdańsk', '京都', 'Łódź'];
const goods = ['lamp', 'kettle', 'rug', 'shelf', 'stool', 'vase', 'clock', 'mirror', 'basket'];
const finishes = ['oak', 'brass', 'linen', 'slate', 'amber', 'cobalt'];

/** The stock keeping units at the start. */
export const skus = goods.flatMap((good) =>
	finishes.map((finish) => `${good}-${finish}`.toUpperCase()),
);

export function cityOf(index: number): string {
	return cities[index % cities.length] ?? '';
}

/** Fills one side: products, stock and the first customers. */
export async function stockShop(connection: Connection): Promise<void> {
	await connection.query('INSERT INTO product (sku, title, weight_kg, price) VALUES ?', [
		skus.map((sku, index) => [
			sku,
			`${sku.toLowerCase().replace('-', ' in ')}`,
			0.1 + index / 3,
			9.9 + index,
		]),
	]);
	await connection.query('INSERT INTO stock (sku, warehouse, pieces) VALUES ?', [
		skus.flatMap((sku, index) => warehouses.map((warehouse) => [sku, warehouse, 20 + index])),
	]);
	await connection.query('INSERT INTO customer (name, city, joined_at, note) VALUES ?', [
		Array.from({ length: 60 }, (_, index) => [
			`Customer ${index + 1}`,
			cityOf(index),
			`2026-01-${String((index % 28) + 1).padStart(2, '0')} 08:30:00.125`,
			index % 5 === 0 ? 'prefers e-mail ✉' : null,
		]),
	]);
}

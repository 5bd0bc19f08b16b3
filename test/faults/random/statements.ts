import fc from 'fast-check';
import type { Side } from '../../../source/config/types.ts';

/** Tables under every kind of constraint, and triggers of the application's that count and copy. */
export const schema = [
	`CREATE TABLE item (
		id INT PRIMARY KEY, code VARCHAR(20) NOT NULL UNIQUE, tag INT UNIQUE,
		kind TINYINT NOT NULL, position INT NOT NULL, UNIQUE KEY place (kind, position),
		extra JSON, amount DECIMAL(30,10), at DATETIME(6), data BLOB
	)`,
	`CREATE TABLE price (
		sku VARCHAR(9) COLLATE utf8mb4_unicode_ci, valid_from DATE, price DECIMAL(9,2), PRIMARY KEY (sku, valid_from)
	)`,
	'CREATE TABLE tree (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES tree (id) ON DELETE CASCADE)',
	'CREATE TABLE chain (id INT PRIMARY KEY, next INT, FOREIGN KEY (next) REFERENCES chain (id))',
	'CREATE TABLE team (id INT PRIMARY KEY, head INT, code VARCHAR(9) NOT NULL UNIQUE)',
	`CREATE TABLE person (
		id INT PRIMARY KEY, team VARCHAR(9) NOT NULL,
		FOREIGN KEY (team) REFERENCES team (code) ON UPDATE CASCADE ON DELETE CASCADE
	)`,
	'ALTER TABLE team ADD FOREIGN KEY (head) REFERENCES person (id) ON DELETE SET NULL',
	`CREATE TABLE pet (
		id INT, person INT, PRIMARY KEY (id, person),
		FOREIGN KEY (person) REFERENCES person (id) ON UPDATE CASCADE ON DELETE CASCADE
	)`,
	'CREATE TABLE doc (id INT PRIMARY KEY, text VARCHAR(40))',
	'CREATE TABLE search_copy (id INT AUTO_INCREMENT PRIMARY KEY, doc INT NOT NULL UNIQUE, words VARCHAR(40))',
	'CREATE TABLE total (id INT PRIMARY KEY, docs INT NOT NULL)',
	`CREATE TRIGGER doc_in AFTER INSERT ON doc FOR EACH ROW BEGIN
		INSERT INTO search_copy (doc, words) VALUES (NEW.id, UPPER(NEW.text));
		UPDATE total SET docs = docs + 1;
	END`,
	'CREATE TRIGGER doc_on AFTER UPDATE ON doc FOR EACH ROW UPDATE search_copy SET words = UPPER(NEW.text), doc = NEW.id WHERE doc = OLD.id',
	`CREATE TRIGGER doc_out AFTER DELETE ON doc FOR EACH ROW BEGIN
		DELETE FROM search_copy WHERE doc = OLD.id;
		UPDATE total SET docs = docs - 1;
	END`,
];

/** The writes of a side: ids from a base, and texts with the initial letter of the side. */
interface Range {
	base: number;
	letter: string;
}

/** Each side writes different rows, so that none is in conflict. */
export const apart: Record<Side, Range> = {
	local: { base: 0, letter: 'l' },
	cloud: { base: 100, letter: 'c' },
};

/** Both sides write the same rows. */
export const together: Record<Side, Range> = { local: apart.local, cloud: apart.local };

/** Numbers that a statement chooses its rows and values by. */
type Choice = readonly [number, number, number, number];

const templates: readonly ((range: Range, choice: Choice) => string)[] = [
	({ base, letter }, [a, b, c, d]) =>
		`INSERT INTO item (id, code, tag, kind, position) VALUES (${base + a}, '${letter}${b}', ${nullOr(base, c)}, ${base / 100}, ${d})`,
	({ base, letter }, [a, b, c, d]) =>
		`REPLACE INTO item (id, code, tag, kind, position) VALUES (${base + a}, '${letter}${b}', ${nullOr(base, c)}, ${base / 100}, ${d})`,
	({ base, letter }, [a, b, c, d]) =>
		`INSERT INTO item (id, code, kind, position) VALUES (${base + a}, '${letter}${b}', ${base / 100}, ${d}) ON DUPLICATE KEY UPDATE position = ${c}`,
	({ base, letter }, [a, b]) =>
		`INSERT IGNORE INTO item (id, code, kind, position) VALUES (${base + a}, '${letter}${b}', ${base / 100}, ${b})`,
	({ base, letter }, [a, b]) => `UPDATE item SET code = '${letter}${b}' WHERE id = ${base + a}`,
	({ base }, [a, b, c]) =>
		`UPDATE item SET tag = ${nullOr(base, b)}, position = ${c} WHERE id = ${base + a}`,
	({ base }, [a, b, c, d]) =>
		`UPDATE item SET extra = '{"b": ${b}, "a": [${c}.0, "${d}"]}', amount = ${b}.${c}7, at = '2024-02-2${d} 01:02:03.00000${c}', data = x'0${a}FF' WHERE id = ${base + a}`,
	({ base }, [a, b]) => `UPDATE item SET id = ${base + b} WHERE id = ${base + a}`,
	({ base }) =>
		`UPDATE item SET position = position + 1 WHERE id BETWEEN ${base} AND ${base + 9} ORDER BY position DESC`,
	({ base }) =>
		`UPDATE item SET tag = tag - 1 WHERE id BETWEEN ${base} AND ${base + 9} ORDER BY tag`,
	({ base, letter }, [a, b, c]) => `START TRANSACTION;
		SELECT code INTO @a FROM item WHERE id = ${base + a};
		SELECT code INTO @b FROM item WHERE id = ${base + b};
		UPDATE item SET code = 'aside ${letter}' WHERE id = ${base + a};
		UPDATE item SET code = @a WHERE id = ${base + b};
		UPDATE item SET code = @b WHERE id = ${base + a};
		${c === 0 ? 'ROLLBACK' : 'COMMIT'}`,
	({ base }, [a]) => `DELETE FROM item WHERE id = ${base + a}`,
	({ base }, [a, b]) => `DELETE FROM item WHERE id BETWEEN ${base + a} AND ${base + b}`,
	({ letter }, [a, b, c]) =>
		`REPLACE INTO price VALUES ('${letter}${a % 2 ? 'é' : 'E'}', '2024-01-0${b + 1}', ${c})`,
	({ letter }, [a, b, c]) =>
		`UPDATE price SET sku = '${letter}${a % 2 ? 'e' : 'É'}', price = ${c} WHERE sku = '${letter}e' AND valid_from = '2024-01-0${b + 1}'`,
	({ letter }, [a, b]) =>
		`DELETE FROM price WHERE sku = '${letter}${a % 2 ? 'e' : 'f'}' AND valid_from < '2024-01-0${b + 1}'`,
	({ base }, [a, b]) => `INSERT INTO tree VALUES (${base + a}, ${nullOr(base, b)})`,
	({ base }, [a, b]) => `UPDATE tree SET parent = ${nullOr(base, b)} WHERE id = ${base + a}`,
	({ base }, [a]) => `DELETE FROM tree WHERE id = ${base + a}`,
	({ base }, [a, b]) => `INSERT INTO chain VALUES (${base + a}, ${nullOr(base, b)})`,
	({ base }, [a, b]) => `UPDATE chain SET next = ${nullOr(base, b)} WHERE id = ${base + a}`,
	({ base }, [a, b]) => `UPDATE chain SET id = ${base + b} WHERE id = ${base + a}`,
	({ base }, [a]) => `DELETE FROM chain WHERE id = ${base + a}`,
	({ base, letter }, [a, b]) => `INSERT INTO team VALUES (${base + a}, NULL, '${letter}${b}')`,
	({ base, letter }, [a, b]) => `UPDATE team SET code = '${letter}${b}' WHERE id = ${base + a}`,
	({ base }, [a, b]) => `UPDATE team SET head = ${nullOr(base, b)} WHERE id = ${base + a}`,
	({ base }, [a]) => `DELETE FROM team WHERE id = ${base + a}`,
	({ base, letter }, [a, b]) => `INSERT INTO person VALUES (${base + a}, '${letter}${b}')`,
	({ base, letter }, [a, b]) => `UPDATE person SET team = '${letter}${b}' WHERE id = ${base + a}`,
	({ base }, [a, b]) => `UPDATE person SET id = ${base + b} WHERE id = ${base + a}`,
	({ base }, [a]) => `DELETE FROM person WHERE id = ${base + a}`,
	({ base }, [a, b]) => `INSERT INTO pet VALUES (${base + a}, ${base + b})`,
	({ base }, [a, b]) => `INSERT INTO doc VALUES (${base + a}, 'text ${b}')`,
	({ base }, [a, b]) => `REPLACE INTO doc VALUES (${base + a}, 'other ${b}')`,
	({ base }, [a, b]) => `UPDATE doc SET id = ${base + b} WHERE id = ${base + a}`,
	({ base }, [a, b]) => `UPDATE search_copy SET words = 'by hand ${b}' WHERE doc = ${base + a}`,
	({ base }, [a]) => `DELETE FROM doc WHERE id = ${base + a}`,
	// Of several rows or tables at once.
	({ base, letter }, [a, b, c, d]) =>
		`INSERT INTO item (id, code, kind, position) VALUES (${base + a}, '${letter}${b}', ${base / 100}, ${c}), (${base + d}, '${letter}${c}', ${base / 100}, ${a}) ON DUPLICATE KEY UPDATE code = VALUES(code), tag = ${base} + VALUES(position)`,
	({ base }, [a, b]) => swap('item', 'id', base + a, base + b, base + 50),
	({ base }, [a, b]) => swap('person', 'id', base + a, base + b, base + 50),
	({ letter }, [a, b]) =>
		swap('team', 'code', `'${letter}${a}'`, `'${letter}${b}'`, `'${letter}x'`),
	({ base, letter }, [a, b]) => `REPLACE INTO team VALUES (${base + a}, NULL, '${letter}${b}')`,
	({ base }, [a]) =>
		`UPDATE team JOIN person ON person.team = team.code SET head = person.id WHERE team.id = ${base + a}`,
	({ base }, [a, b]) => `UPDATE pet SET id = ${base + a} WHERE person = ${base + b}`,
	({ base }, [a, b]) => `UPDATE tree SET id = ${base + b} WHERE id = ${base + a}`,
	({ base }, [a, b]) =>
		`DELETE team, doc FROM team JOIN doc ON doc.id = team.id WHERE team.id BETWEEN ${base + a} AND ${base + b}`,
	({ base }, [a, b]) =>
		`INSERT IGNORE INTO doc SELECT id, code FROM item WHERE id BETWEEN ${base + a} AND ${base + b}`,
	({ base }, [a, b]) => `DELETE FROM chain WHERE id BETWEEN ${base + a} AND ${base + b}`,
];

/** Exchanges two values of a column. */
function swap(
	table: string,
	column: string,
	one: number | string,
	other: number | string,
	aside: number | string,
): string {
	const set = (from: number | string, to: number | string) =>
		`UPDATE ${table} SET ${column} = ${to} WHERE ${column} = ${from}`;
	return `START TRANSACTION; ${set(one, aside)}; ${set(other, one)}; ${set(aside, other)}; COMMIT`;
}

function nullOr(base: number, value: number): string {
	return value === 0 ? 'NULL' : String(base + value);
}

/** A statement on one side, or a batch of the engine's. */
export type Step = { side: Side; sql: string } | 'batch';

/** Schedules of statements, with batches of the engine's between them. */
export function schedules(ranges: Record<Side, Range>): fc.Arbitrary<Step[]> {
	const number = fc.nat({ max: 5 });
	const choice = fc.tuple(fc.constantFrom(...templates), fc.tuple(number, number, number, number));
	const side = fc.constantFrom<Side>('local', 'cloud');
	const statement = fc
		.tuple(side, choice)
		.map(([side, [template, numbers]]): Step => ({ side, sql: template(ranges[side], numbers) }));
	const transaction = fc
		.tuple(
			side,
			fc.array(choice, { minLength: 2, maxLength: 4 }),
			fc.constantFrom('COMMIT', 'COMMIT', 'ROLLBACK'),
		)
		.map(([side, choices, end]): Step => {
			const statements = choices.map(([template, numbers]) => template(ranges[side], numbers));
			return { side, sql: ['START TRANSACTION', ...statements, end].join('; ') };
		});
	return fc.array(
		fc.oneof(
			{ weight: 12, arbitrary: statement },
			{ weight: 3, arbitrary: transaction },
			{ weight: 1, arbitrary: fc.constant<Step>('batch') },
		),
		{ minLength: 80, maxLength: 120 },
	);
}

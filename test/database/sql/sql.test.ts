import { describe, expect, it } from 'vitest';
import { ids, joined, name, rawSql, sql } from '../../../source/database/sql/sql.ts';

describe('a statement', () => {
	it.each([
		['a string', sql`SELECT ${"it's"}`, "SELECT 'it\\'s'"],
		['a backslash', sql`SELECT ${'a\\'}`, "SELECT 'a\\\\'"],
		['what looks like SQL', sql`SELECT ${'1); DROP TABLE t'}`, "SELECT '1); DROP TABLE t'"],
		['a question mark', sql`SELECT ${'?'}`, "SELECT '?'"],
		['numbers', sql`SELECT ${1.5}, ${-2n}`, 'SELECT 1.5, -2'],
		['null', sql`SELECT ${null}`, 'SELECT NULL'],
		['a list', sql`IN (${['a', 1, null]})`, "IN ('a', 1, NULL)"],
		['a list of fragments', sql`VALUES ${[sql`(${1})`, sql`(${'b'})`]}`, "VALUES (1), ('b')"],
		['another fragment', sql`${sql`a = ${'b'}`} AND c`, "a = 'b' AND c"],
		['names', sql`${name('a`b')}.${name('c')}`, '`a``b`.`c`'],
		['ids', sql`IN (${ids(['1', '18446744073709551615'])})`, 'IN (1, 18446744073709551615)'],
		['SQL of another module', sql`${rawSql('@a')}`, '@a'],
		['fragments in a row', joined([sql`a`, sql`b`], sql` OR `), 'a OR b'],
	])('quotes %s', (_, statement, text) => {
		expect(String(statement)).toBe(text);
	});

	it('takes no value that has no literal', () => {
		expect(() => sql`${Number.NaN}`).toThrow(TypeError);
		expect(() => sql`${undefined as unknown as null}`).toThrow(TypeError);
		expect(() => sql`${{ toString: () => 'DROP' } as unknown as null}`).toThrow(TypeError);
		expect(() => ids(['1 OR 1'])).toThrow(TypeError);
	});
});

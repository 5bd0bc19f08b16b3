import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson, readablePointer } from '../../source/config/json.ts';
import { SyncError } from '../../source/errors.ts';

describe('a syntax error names its line and column', () => {
	test.each([
		['', '1:1: the file ends where a value is expected'],
		['{\n  "a": 1', '2:9: the file ends where a comma or } is expected'],
		['{\n  "a": 1,\n}', '2:9: trailing comma before }'],
		['[1, ]', '1:3: trailing comma before ]'],
		['{"a": 1\n "b": 2}', '2:2: a comma or } is expected here'],
		['{"a" 1}', '1:6: a colon is expected here'],
		['{a: 1}', '1:2: a key in double quotes is expected here'],
		["{\r\n'a': 1}", '2:1: strings take double quotes, not single quotes'],
		['{"a": 1, // one\n}', '1:10: JSON has no comments'],
		['{"a": tru}', '1:7: a value is expected here'],
		['{"a": 01}', '1:8: a comma or } is expected here'],
		['{"a": "C:\\my.pem"}', '1:7: string without a closing quote, or with a line break or stray'],
		['{"a": "x\n"}', '1:7: string without a closing quote'],
		['{} {}', '1:4: the end of the file is expected here'],
		['{"a": {"b": 1,\n "b": 2}}', '2:2: the key "b" appears twice in one object'],
	])('%j', (text, message) => {
		expect(() => parseJson(text, 'x.json')).toThrow(`x.json:${message}`);
		expect(() => parseJson(text, 'x.json')).toThrow(SyncError);
	});
});

test('a part is found by its pointer: a key where it begins, an item of a list at its value', () => {
	const document = parseJson('\uFEFF{\n  "a": {"b~/": [10,\n 20]}\n}', 'x.json');
	expect(document.value).toEqual({ a: { 'b~/': [10, 20] } });
	expect(document.locate('')).toEqual({ line: 1, column: 1 });
	expect(document.locate('/a')).toEqual({ line: 2, column: 3 });
	expect(document.locate('/a/b~0~1')).toEqual({ line: 2, column: 9 });
	expect(document.locate('/a/b~0~1/1')).toEqual({ line: 3, column: 2 });
});

test('a part that is not there is located at what should hold it', () => {
	const document = parseJson('{"a": {\n"b": 1}}', 'x.json');
	expect(document.locate('/a/c/d')).toEqual(document.locate('/a'));
	expect(document.locate('/z')).toEqual({ line: 1, column: 1 });
});

test('it reads what JSON.parse reads, and refuses what that refuses', () => {
	const texts = fc.oneof(
		fc.json(),
		fc
			.tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '}', ']', '\\', '0', 'e', ' '))
			.map(([text, at, insert]) => {
				const cut = at % (text.length + 1);
				return text.slice(0, cut) + insert + text.slice(cut + 1);
			}),
	);
	fc.assert(
		fc.property(texts, (text) => {
			let value: unknown;
			let valid = true;
			try {
				value = JSON.parse(text);
			} catch {
				valid = false;
			}
			try {
				expect(parseJson(text, 'x.json').value).toEqual(value);
				expect(valid).toBe(true);
			} catch (error) {
				if (!(error instanceof SyncError)) throw error;
				if (!error.message.includes('appears twice')) expect(valid).toBe(false);
			}
		}),
		{ numRuns: 2000 },
	);
});

test('a pointer is shown as the path of a key', () => {
	expect(readablePointer('')).toBe('');
	expect(readablePointer('/sync_pairs/0/local/port')).toBe('sync_pairs[0].local.port');
	expect(readablePointer('/$schema')).toBe('$schema');
	expect(readablePointer('/a b/c~1d')).toBe('["a b"]["c/d"]');
});

/** Every column type of both servers, with values at its extremes, as SQL. */
import type { Product } from '../../../source/demo/servers/product.ts';

export interface ValueType {
	type: string;
	values: readonly string[];
	/** The product that has the type, where the other has not. */
	only?: Product;
	/** Whether what arrives may be equal in meaning only, where two products meet. */
	inMeaning?: boolean;
}

/** Types that share a table. */
export interface Family {
	name: string;
	types: readonly ValueType[];
}

function type(name: string, ...values: readonly (string | number)[]): ValueType {
	return { type: name, values: values.map(String) };
}

function only(product: Product, name: string, ...values: readonly string[]): ValueType {
	return { type: name, values, only: product };
}

function inMeaning(name: string, ...values: readonly string[]): ValueType {
	return { type: name, values, inMeaning: true };
}

/** The bytes as text of a character set. */
const bytesAs = (characterSet: string, hex: string) => `CONVERT(x'${hex}' USING ${characterSet})`;

const integers: Family = {
	name: 'integers',
	types: [
		type('TINYINT', -128, -1, 0, 127),
		type('TINYINT UNSIGNED', 0, 255),
		type('BOOLEAN', 'TRUE', 'FALSE', 2),
		type('SMALLINT', -32768, 0, 32767),
		type('SMALLINT UNSIGNED', 0, 65535),
		type('MEDIUMINT', -8388608, 0, 8388607),
		type('MEDIUMINT UNSIGNED', 0, 16777215),
		type('INT', -2147483648, 0, 2147483647),
		type('INT UNSIGNED', 0, 4294967295),
		type('INT(9) UNSIGNED ZEROFILL', 0, 7, 4294967295),
		type(
			'BIGINT',
			'-9223372036854775808',
			'-9007199254740993',
			0,
			'9007199254740993',
			'9223372036854775807',
		),
		type('BIGINT UNSIGNED', 0, '9007199254740993', '9223372036854775808', '18446744073709551615'),
		type('BIGINT(20) UNSIGNED ZEROFILL', 0, 42, '18446744073709551615'),
	],
};

const fixed: Family = {
	name: 'fixed point numbers',
	types: [
		type(
			'DECIMAL(65, 30)',
			`${'9'.repeat(35)}.${'9'.repeat(30)}`,
			`-${'9'.repeat(35)}.${'9'.repeat(30)}`,
			`0.${'0'.repeat(29)}1`,
			`-0.${'0'.repeat(29)}1`,
			0,
			'123456789.000000000000000000000000000001',
		),
		type('DECIMAL(65, 0)', '9'.repeat(65), `-${'9'.repeat(65)}`, 0),
		type('DECIMAL(30, 30)', `0.${'9'.repeat(30)}`, `-0.${'0'.repeat(29)}1`),
		type('DECIMAL(12, 2) UNSIGNED', 0, '9999999999.99', '0.10'),
		type('DECIMAL(10, 3) UNSIGNED ZEROFILL', 0, '1.5', '9999999.999'),
		type('BIT(1)', "b'0'", "b'1'"),
		type('BIT(9)', "b'0'", "b'100000000'", "b'111111111'"),
		type('BIT(64)', "b'0'", "b'1'", "x'8000000000000000'", "x'FFFFFFFFFFFFFFFF'", "x'30'"),
	],
};

const doubles = [
	0,
	1,
	-1,
	0.1,
	-0.1,
	'123456789.123456789',
	'9007199254740993',
	'1e23',
	'5e-324',
	'-5e-324',
	'2.2250738585072014e-308',
	'2.225073858507201e-308',
	'1.7976931348623157e308',
	'-1.7976931348623157e308',
	'-1.2345678901234567e-200',
	'4.35',
	'0.30000000000000004',
];
const floats = [
	0,
	1,
	'0.1',
	'-0.1',
	'16777216',
	'16777217',
	'123456.789',
	'1.401298464324817e-45',
	'-1.401298464324817e-45',
	'1.1754943508222875e-38',
	'1.1754942106924411e-38',
	'3.4028234663852886e38',
	'-3.4028234663852886e38',
	'3.14159274',
];

const floating: Family = {
	name: 'floating point numbers',
	types: [
		type('FLOAT', ...floats),
		type('FLOAT UNSIGNED', 0, '0.1', '3.4028234663852886e38'),
		type('FLOAT(7, 3)', 0, '9999.999', '-0.001', '1234.567'),
		type('FLOAT(30)', 0, '0.1', '1e300'),
		type('DOUBLE', ...doubles),
		type('DOUBLE UNSIGNED', 0, '0.1', '1.7976931348623157e308'),
		type('DOUBLE(20, 5)', '123456789012345.12345', '-0.00001', '0.1'),
		type('REAL', 0, '0.1', '-1.2345678901234567e-200'),
		inMeaning('DOUBLE /* of zeros */', "'-0'", "'0'", "'-0.0e5'"),
		inMeaning('FLOAT /* of zeros */', "'-0'", "'0'"),
	],
};

const temporal: Family = {
	name: 'dates and times',
	types: [
		type(
			'DATE',
			"'0000-00-00'",
			"'0000-01-01'",
			"'1000-01-01'",
			"'2024-00-00'",
			"'2024-02-00'",
			"'2024-02-31'",
			"'2023-02-29'",
			"'9999-12-31'",
		),
		type('TIME', "'-838:59:59'", "'838:59:59'", "'-00:00:01'", "'00:00:00'", "'24:00:00'"),
		type(
			'TIME(6)',
			"'-838:59:58.999999'",
			"'838:59:58.999999'",
			"'-00:00:00.000001'",
			"'00:00:00.000001'",
			"'12:00:00.5'",
		),
		type('TIME(2)', "'-00:00:00.25'", "'26:00:00.10'"),
		type('YEAR', 0, 1901, 1970, 2000, 2155),
		...[0, 1, 3, 6].map((digits) =>
			type(
				`DATETIME(${digits})`,
				"'0000-00-00 00:00:00'",
				"'0000-01-01 00:00:00'",
				"'1000-01-01 00:00:00'",
				"'2024-02-31 12:00:00'",
				"'2024-00-01 01:02:03'",
				`'9999-12-31 23:59:59${digits > 0 ? `.${'9'.repeat(digits)}` : ''}'`,
				`'1969-12-31 23:59:59${digits > 0 ? `.${'0'.repeat(digits - 1)}1` : ''}'`,
			),
		),
		...[0, 2, 6].map((digits) =>
			type(
				`TIMESTAMP(${digits})`,
				"'0000-00-00 00:00:00'",
				"'1970-01-01 00:00:01'",
				"'2024-10-27 00:30:00'",
				"'2024-10-27 01:30:00'",
				`'2038-01-19 03:14:07${digits > 0 ? `.${'9'.repeat(digits)}` : ''}'`,
			),
		),
	],
};

const awkward = [
	"''",
	"' '",
	"'trailing  '",
	"'  leading'",
	bytesAs('utf8mb4', '610062'),
	bytesAs('utf8mb4', '00'),
	"'\\''",
	"'\"'",
	"'\\\\'",
	"'\\\\\\\\n'",
	"'?'",
	"'%_'",
	"'\\n\\r\\t\\b\\Z'",
	"'`--; DROP TABLE x; /* '",
	"'NULL'",
	"'0'",
	"'ä ß é Ω ж 中 あ'",
	"'e\u0301 \u202e \ufeff \uffff'",
	"'😀👩‍👩‍👧🏳️‍🌈'",
	bytesAs('utf8mb4', 'F48FBFBF'),
	"REPEAT('ä', 60)",
];

const text: Family = {
	name: 'text',
	types: [
		type('CHAR(60)', ...awkward),
		type('VARCHAR(60)', ...awkward),
		type('VARCHAR(60) COLLATE utf8mb4_bin', ...awkward),
		type('VARCHAR(60) CHARACTER SET utf8mb3', ...awkward.filter((value) => !/😀|F4/.test(value))),
		type('VARCHAR(60) CHARACTER SET utf16', ...awkward),
		type('VARCHAR(60) CHARACTER SET utf16le', ...awkward),
		type('VARCHAR(60) CHARACTER SET utf32', ...awkward),
		type('TINYTEXT', ...awkward),
		type('TEXT', ...awkward, "REPEAT('😀', 16383)"),
		type('MEDIUMTEXT', ...awkward, "REPEAT('ab', 500000)"),
		type('LONGTEXT', ...awkward, "REPEAT('\\'', 70000)"),
		only('mariadb', 'VARCHAR(60) COMPRESSED', ...awkward),
	],
};

const bytes = ["x''", "x'00'", "x'20'", "x'6100'", "x'0061'", "x'FFFE'", "x'275C2260'", "x'C328'"];
const everyByte = `x'${Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0')).join('')}'`;

const binary: Family = {
	name: 'bytes',
	types: [
		type('BINARY(6)', ...bytes),
		type('BINARY(16)', "x'00'", 'UNHEX(REPEAT("0A", 16))', 'UNHEX(REPEAT("20", 16))'),
		type('VARBINARY(256)', ...bytes, everyByte),
		type('TINYBLOB', ...bytes),
		type('BLOB', ...bytes, everyByte),
		type('MEDIUMBLOB', ...bytes, everyByte, "REPEAT(x'00FF', 300000)"),
		type('LONGBLOB', ...bytes, everyByte),
		only('mariadb', 'BLOB COMPRESSED', ...bytes, everyByte),
	],
};

const sixtyFour = Array.from({ length: 64 }, (_, index) => `m${index}`);

const lists: Family = {
	name: 'enums and sets',
	types: [
		type("ENUM('a', 'b')", "'a'", "'b'", "'no such member'"),
		type("ENUM('', 'x,y', '1', '0', '?', 'it''s')", 1, 2, 3, 4, 5, 6, "'no such member'"),
		type("ENUM('ä', '😀', ' lead', 'back\\\\slash')", 1, 2, 3, 4),
		type("ENUM('ä', 'ж') CHARACTER SET utf16", 1, 2, "'no such member'"),
		type("ENUM('表', 'ソ') CHARACTER SET sjis", 1, 2, "'no such member'"),
		type("SET('a', 'b', 'c')", "''", "'a'", "'a,c'", 7),
		type("SET('0', '1', '2')", "''", "'0'", "'0,2'"),
		type("SET('ä', '😀', ' lead')", 1, 2, 4, 7),
		type(
			`SET(${sixtyFour.map((member) => `'${member}'`).join(', ')})`,
			"''",
			"'m0'",
			"'m63'",
			"'m0,m62,m63'",
			`'${sixtyFour.join()}'`,
		),
	],
};

const json: Family = {
	name: 'json',
	types: [
		inMeaning(
			'JSON',
			"'null'",
			"'true'",
			"'[]'",
			"'{}'",
			`'""'`,
			"'0'",
			"'-0.0'",
			"'1.10'",
			"'1e-7'",
			"'5e-324'",
			"'1.7976931348623157e308'",
			"'9007199254740993'",
			"'18446744073709551615'",
			"'-9223372036854775808'",
			"'18446744073709551616'",
			`'{"b": 1, "a": [1, 2.50, {"c": null}], "bb": false}'`,
			`'{ "a":1,"a" :2 }'`,
			`'{"": "", "ä": "😀", "q\\\\"": "\\\\\\\\ \\\\u0000 \\\\u00e4 \\\\ud83d\\\\ude00 \\\\/"}'`,
			`CONCAT(REPEAT('[', 30), REPEAT(']', 30))`,
			`CONCAT('"', REPEAT('x', 100000), '"')`,
		),
	],
};

const wkt = (words: string, srid = 0) => `ST_GeomFromText('${words}', ${srid})`;
const shapes: readonly [type: string, ...words: string[]][] = [
	['POINT', 'POINT(1 2)', 'POINT(-1.5e300 0.1)', 'POINT(0 0)'],
	['LINESTRING', 'LINESTRING(0 0, 1 1, 2 2.5)'],
	['POLYGON', 'POLYGON((0 0, 0 4, 4 4, 4 0, 0 0), (1 1, 1 2, 2 2, 2 1, 1 1))'],
	['MULTIPOINT', 'MULTIPOINT(0 0, 1 1)'],
	['MULTILINESTRING', 'MULTILINESTRING((0 0, 1 1), (2 2, 3 3))'],
	['MULTIPOLYGON', 'MULTIPOLYGON(((0 0, 0 1, 1 1, 0 0)), ((5 5, 5 6, 6 6, 5 5)))'],
	['GEOMETRYCOLLECTION', 'GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(0 0, 1 1))'],
];

const spatial: Family = {
	name: 'shapes',
	types: [
		...shapes.map(([name, ...words]) =>
			type(
				name,
				...words.map((word) => wkt(word)),
				...words.slice(0, 1).flatMap((word) => [wkt(word, 4326), wkt(word, 3857)]),
			),
		),
		type(
			'GEOMETRY',
			...shapes.map(([, words = '']) => wkt(words)),
			wkt('POINT(10 20)', 4326),
			wkt('GEOMETRYCOLLECTION EMPTY'),
		),
		only('mysql', 'POINT SRID 4326', wkt('POINT(10 20)', 4326), wkt('POINT(-90 180)', 4326)),
		only('mariadb', 'POINT REF_SYSTEM_ID=4326', wkt('POINT(10 20)', 4326)),
		only('mariadb', 'GEOMETRY /* of an unknown system */', wkt('POINT(10 20)', 999999)),
	],
};

const single: Family = {
	name: 'types of one product',
	types: [
		only(
			'mysql',
			'VECTOR(4)',
			"STRING_TO_VECTOR('[0, -1, 0.1, 3.4028235e38]')",
			"STRING_TO_VECTOR('[1.17549435e-38, 1, 2]')",
			"STRING_TO_VECTOR('[-0.0]')",
		),
		only(
			'mysql',
			'JSON /* of values that have no JSON text */',
			"CAST(DATE'2024-02-29' AS JSON)",
			"JSON_ARRAY(TIMESTAMP'2024-02-29 12:00:00.5', x'00FF')",
		),
		only(
			'mariadb',
			'UUID',
			"'00000000-0000-0000-0000-000000000000'",
			"'123e4567-e89b-12d3-a456-426655440000'",
			"'ffffffff-ffff-ffff-ffff-ffffffffffff'",
		),
		only('mariadb', 'INET4', "'0.0.0.0'", "'255.255.255.255'", "'10.1.2.3'"),
		only('mariadb', 'INET6', "'::'", "'::1'", "'2001:db8::ff00:42:8329'", "'::ffff:1.2.3.4'"),
	],
};

/** Whole families, one table each. */
export const families: readonly Family[] = [
	integers,
	fixed,
	floating,
	temporal,
	text,
	binary,
	lists,
	json,
	spatial,
	single,
];

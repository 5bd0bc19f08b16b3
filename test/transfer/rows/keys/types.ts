/** Every type that can be a key, with values that lie close together, as SQL. */
import type { Product } from '../../../../source/demo/servers/product.ts';

export interface KeyType {
	type: string;
	/** The first three are changed, re-keyed and deleted; the others stay. */
	values: readonly [string, string, string, ...string[]];
	/** What the first key is changed to. */
	changed: string;
	only?: Product;
}

function key(
	type: string,
	values: readonly [string, string, string, ...string[]],
	changed: string,
	only?: Product,
): KeyType {
	return { type, values, changed, ...(only && { only }) };
}

const words = [
	"'a'",
	"'1'",
	"'01'",
	"'1a'",
	"'ab'",
	"''",
	"'b'",
	"'\\''",
	"'\\\\'",
	"'a,x41'",
	"'?'",
] as const;

export const keyTypes: readonly KeyType[] = [
	key('TINYINT', ['-128', '127', '0', '1'], '-127'),
	key('SMALLINT UNSIGNED', ['0', '65535', '1'], '2'),
	key('MEDIUMINT', ['-8388608', '8388607', '0'], '1'),
	key('INT', ['-2147483648', '2147483647', '0', '1'], '7'),
	key('INT UNSIGNED ZEROFILL', ['0', '7', '4294967295'], '70'),
	key(
		'BIGINT',
		['9007199254740992', '9007199254740993', '-9223372036854775808', '9223372036854775807'],
		'9007199254740994',
	),
	key(
		'BIGINT UNSIGNED',
		['18446744073709551615', '18446744073709551614', '0', '9007199254740993', '9007199254740992'],
		'18446744073709551613',
	),
	key('DECIMAL(20, 5)', ['1.5', '-1.5', '0', '123456789012345.00001'], '1.50001'),
	key(
		'DECIMAL(40, 10)',
		[
			'123456789012345678901234567890.0000000001',
			'123456789012345678901234567890.0000000002',
			'0.0000000001',
			'123456789012345678901234567890.0000000004',
		],
		'123456789012345678901234567890.0000000003',
	),
	key('BIT(64)', ['18446744073709551615', '18446744073709551614', '0', '1'], '48'),
	key('DATE', ["'1000-01-01'", "'9999-12-31'", "'0000-00-00'", "'2024-02-31'"], "'1000-01-02'"),
	key('TIME', ["'-838:59:59'", "'838:59:59'", "'00:00:00'", "'-00:00:01'"], "'25:00:00'"),
	key('TIME(6)', ["'-00:00:00.000001'", "'00:00:00.000001'", "'00:00:00'"], "'00:00:00.000002'"),
	key('YEAR', ['1901', '2155', '0', '2000'], '1902'),
	key(
		'DATETIME',
		["'1000-01-01'", "'9999-12-31 23:59:59'", "'0000-00-00'", "'2024-10-27 02:30:00'"],
		"'1000-01-01 00:00:01'",
	),
	key(
		'DATETIME(6)',
		["'2024-02-29 23:59:59.999999'", "'2024-02-29 23:59:59.999998'", "'0000-00-00'"],
		"'2024-02-29 23:59:59'",
	),
	key(
		'TIMESTAMP',
		["'2001-09-09 01:46:40'", "'2038-01-19 03:14:07'", "'0000-00-00'", "'2024-10-27 02:30:00'"],
		"'2001-09-09 01:46:41'",
	),
	key(
		'TIMESTAMP(6)',
		["'2024-10-27 00:30:00.000001'", "'2024-10-27 01:30:00.000001'", "'0000-00-00'"],
		"'2024-10-27 00:30:00'",
	),
	key('BINARY(16)', ["x'00'", "UNHEX(REPEAT('20', 16))", "UNHEX(REPEAT('0A', 16))"], "x'FF'"),
	key('VARBINARY(20)', ["x'00'", "x'0000'", "x''", "x'20'", "x'61'", "x'6120'"], "x'000000'"),
	key('CHAR(20) COLLATE utf8mb4_general_ci', [...words, "'😀'", "'ß'"], "'A'"),
	key('VARCHAR(20) COLLATE utf8mb4_general_ci', [...words, "'😀'"], "'A'"),
	key('VARCHAR(20) COLLATE utf8mb4_unicode_ci', [...words], "'Ä'"),
	key('VARCHAR(20) COLLATE utf8mb4_bin', [...words, "'A'", "'ä'", "'Ä'", "'😀'", "'😁'"], "'á'"),
	key('VARCHAR(20) COLLATE utf8mb4_0900_ai_ci', [...words, "'a '", "'😀'", "'😁'"], "'Ä'", 'mysql'),
	key('VARCHAR(20) COLLATE utf8mb4_0900_as_cs', [...words, "'a '", "'A'", "'ä'"], "'á'", 'mysql'),
	key(
		'VARCHAR(20) COLLATE utf8mb4_nopad_bin',
		[...words, "'a '", "'A'", "'a  '"],
		"'á'",
		'mariadb',
	),
	key('VARCHAR(20) CHARACTER SET latin1', [...words, "'é'", "'ß'"], "'A'"),
	key('VARCHAR(20) CHARACTER SET ascii', [...words], "'A'"),
	key('VARCHAR(20) CHARACTER SET sjis', [...words, "'表'", "x'815C'", "x'8240'"], "'ソ'"),
	key(
		'VARCHAR(20) CHARACTER SET cp932 COLLATE cp932_bin',
		[...words, "x'81E0'", "x'8790'", "x'ED40'", "x'FA5C'"],
		"'ソ'",
	),
	key('VARCHAR(20) CHARACTER SET gbk', [...words, "'中'", "x'A140'", "x'A2A1'"], "'A'"),
	key('VARCHAR(20) CHARACTER SET utf16', [...words, "'😀'", "'ж'"], "'A'"),
	key('VARCHAR(20) CHARACTER SET utf32', [...words, "'ж'"], "'A'"),
	key("ENUM('x', 'y,z', '1', '?', '')", ["'x'", "'y,z'", "'1'", "''"], "'?'"),
	key("SET('a', 'b', 'c')", ["'a'", "'a,c'", "''", "'a,b,c'"], "'b'"),
	key(
		'UUID',
		[
			"'00000000-0000-0000-0000-000000000001'",
			"'ffffffff-ffff-ffff-ffff-ffffffffffff'",
			"'00000000-0000-0000-0000-000000000000'",
		],
		"'00000001-0000-0000-0000-000000000000'",
		'mariadb',
	),
	key('INET4', ["'0.0.0.0'", "'255.255.255.255'", "'10.0.0.1'"], "'10.0.0.2'", 'mariadb'),
	key('INET6', ["'::1'", "'2001:db8::ff'", "'::'", "'::ffff:1.2.3.4'"], "'::2'", 'mariadb'),
];

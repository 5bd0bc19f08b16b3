import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { Product } from '../../../source/demo/servers/product.ts';
import type { Family, ValueType } from './types.ts';

/** How many bytes a character has at most, and the bytes that may stand before its last two. */
const wide: Record<string, readonly string[]> = {
	big5: [''],
	cp932: [''],
	eucjpms: ['', '8F'],
	euckr: [''],
	gb18030: ['', '8130', '9030'],
	gb2312: [''],
	gbk: [''],
	sjis: [''],
	ucs2: [''],
	ujis: ['', '8F'],
	utf16: ['', 'D83D', 'DBFF'],
	utf16le: ['', '3DD8'],
	utf32: ['0000', '0001', '0010'],
	utf8mb3: ['', 'E0', 'E4', 'EF'],
	utf8mb4: ['', 'E0', 'E4', 'EF', 'F09F', 'F48F'],
};

/** Character sets that both products have. */
const common = `armscii8 ascii big5 cp1250 cp1251 cp1256 cp1257 cp850 cp852 cp866 cp932 dec8 eucjpms
	euckr gb2312 gbk geostd8 greek hebrew hp8 keybcs2 koi8r koi8u latin1 latin2 latin5 latin7 macce
	macroman sjis swe7 tis620 ucs2 ujis utf16 utf16le utf32 utf8mb3 utf8mb4`.split(/\s+/);

/**
 * Every character of every character set that a server takes for one, some thousand in a value: of
 * one byte, of two, and of those that begin as listed above.
 */
export async function characterSets(connection: Connection, product: Product): Promise<Family> {
	await connection.query('CREATE TEMPORARY TABLE first_bytes (b BINARY(1) PRIMARY KEY)');
	const all = Array.from({ length: 256 }, (_, byte) => [Buffer.of(byte)]);
	await connection.query('INSERT INTO first_bytes VALUES ?', [all]);
	await connection.query('CREATE TEMPORARY TABLE other_bytes SELECT b FROM first_bytes');
	await connection.query('SET SESSION group_concat_max_len = 1000000');
	const sets = product === 'mysql' ? [...common, 'gb18030'] : common;
	const types: ValueType[] = [];
	for (const set of sets) {
		const values: string[] = [];
		for (const prefix of wide[set] ?? []) values.push(...(await pairsOf(connection, set, prefix)));
		if (!/^(ucs|utf)\d+/.test(set) || set.startsWith('utf8')) {
			values.unshift(await singlesOf(connection, set));
		}
		types.push({
			type: `TEXT CHARACTER SET ${set}`,
			values,
			...(common.includes(set) ? {} : { only: 'mysql' as const }),
		});
	}
	return { name: 'character sets', types };
}

/** What is no character is turned into NULL or a question mark; but MariaDB lets ascii have 8 bits. */
async function singlesOf(connection: Connection, set: string): Promise<string> {
	const [rows] = await connection.query<RowDataPacket[]>(
		`SELECT GROUP_CONCAT(HEX(b) ORDER BY b SEPARATOR '') AS hex
		FROM first_bytes
		WHERE HEX(CONVERT(b USING ${set})) = HEX(b) ${set === 'ascii' ? "AND b < x'80'" : ''}`,
	);
	return `CONVERT(x'${rows[0]?.hex}' USING ${set})`;
}

async function pairsOf(connection: Connection, set: string, prefix: string): Promise<string[]> {
	const code = `CONCAT(x'${prefix}', one.b, two.b)`;
	const [rows] = await connection.query<RowDataPacket[]>(
		`SELECT GROUP_CONCAT(HEX(${code}) ORDER BY one.b, two.b SEPARATOR '') AS hex
		FROM first_bytes AS one JOIN other_bytes AS two
		WHERE HEX(CONVERT(${code} USING ${set})) = HEX(${code})
			AND CHAR_LENGTH(CONVERT(${code} USING ${set})) = 1
		GROUP BY ORD(one.b) DIV 16 ORDER BY MIN(one.b)`,
	);
	return rows.map(({ hex }) => `CONVERT(x'${hex}' USING ${set})`);
}

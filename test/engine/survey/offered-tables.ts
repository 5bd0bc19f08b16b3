/** Tables with about every type and clause that either product has, with values at their limits. */
import type { Product } from '../../../source/demo/servers/product.ts';

export interface OfferedTable {
	name: string;
	/** The products that can have such a table. */
	on: readonly Product[];
	/** Whether only a MariaDB that has vectors can. */
	newMariadb?: boolean;
	definition: string;
	/** The rows after VALUES. */
	rows: readonly string[];
	/** What is said of it where the other product is offered it. */
	leftOut?: RegExp;
	/** What may be said of it once it was created there. */
	toldLater?: RegExp;
}

const both: readonly Product[] = ['mariadb', 'mysql'];
const touch = 'touch INT NOT NULL DEFAULT 0';

/** What was offered wrongly once. */
export const formerlyWrong: readonly OfferedTable[] = [
	{
		name: 'with_line_breaks',
		on: both,
		definition: `(id INT PRIMARY KEY, ${touch}, a ENUM('a\nb','c\td') DEFAULT 'a\nb', b VARCHAR(20) DEFAULT 'x\ny' COMMENT 'line\nbreak\ttab')`,
		rows: ["(1,0,'a\nb','q')", "(2,0,'c\td',DEFAULT)"],
	},
	{
		name: 'uuids',
		on: ['mariadb'],
		definition: `(id UUID PRIMARY KEY DEFAULT (UUID()), ${touch}, a INET6 NOT NULL DEFAULT '::', b INET4 DEFAULT '127.0.0.1', c UUID NOT NULL COMMENT 'a ''uuid'' (x)', KEY k (c, a), UNIQUE KEY u (b))`,
		rows: [
			"('0000000A-0000-4000-8000-00000000000f',0,'::ffff:1.2.3.4','0.0.0.0','00000000000000000000000000000000')",
			"('ffffffff-ffff-ffff-ffff-ffffffffffff',0,'2001:db8:0:0:1:0:0:1','255.255.255.255','123e4567-e89b-12d3-a456-426655440000')",
			"('123e4567-e89b-12d3-a456-426655440000',0,'::1.2.3.4',NULL,'123e4567-e89b-72d3-a456-426655440000')",
		],
		leftOut: /type uuid of id/,
	},
	{
		name: 'uuid_parent',
		on: ['mariadb'],
		definition: `(id UUID PRIMARY KEY, ${touch}, UNIQUE KEY (touch, id))`,
		rows: ["('0000000A-0000-4000-8000-00000000000f',0)"],
	},
	{
		name: 'uuid_z_child',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}, p UUID, FOREIGN KEY (p) REFERENCES uuid_parent (id) ON UPDATE CASCADE ON DELETE CASCADE)`,
		rows: ["(1,0,'0000000A-0000-4000-8000-00000000000f')"],
	},
	{
		name: 'vector_default',
		on: ['mariadb'],
		newMariadb: true,
		definition: `(id INT PRIMARY KEY, ${touch}, v VECTOR(2) DEFAULT x'0000803f0000803f', w VECTOR(16000))`,
		rows: ['(1,0,DEFAULT,NULL)'],
	},
	{
		name: 'vectors_of_mysql',
		on: ['mysql'],
		definition: `(id INT PRIMARY KEY, ${touch}, v VECTOR(3), w VECTOR)`,
		rows: ["(1,0,TO_VECTOR('[1.5,-2e-30,3]'),NULL)", '(2,0,NULL,NULL)'],
	},
	{
		name: 'json_with_checks',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}, j LONGTEXT CHECK (JSON_VALID(j) AND JSON_LENGTH(j) > 0), k LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin CHECK (JSON_VALID(k)) , l JSON CHECK (JSON_TYPE(l) = 'OBJECT'), m TEXT CHECK (JSON_VALID(m)), n LONGTEXT CHARACTER SET latin1 CHECK (JSON_VALID(n)))`,
		rows: [`(1,0,'[1]','{"x": 1}','{"x": 2}','[ 1 ]','{}')`],
		leftOut: /the exact text of the JSON in k \(MySQL/,
	},
	{
		name: 'json_or_else',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}, a LONGTEXT COLLATE utf8mb4_bin CHECK (JSON_VALID(a) OR a = 'x'))`,
		rows: [`(1,0,'x')`],
	},
	{
		name: 'computed',
		on: both,
		definition: `(id INT PRIMARY KEY, ${touch}, a INT, b INT AS (a+1) VIRTUAL COMMENT 'b''s', c VARCHAR(30) AS (CONCAT('it''s ', a)) STORED, d INT AS (CASE WHEN a > 1 THEN 2 ELSE 3 END) STORED, e VARCHAR(20) AS (DATE_FORMAT('2020-01-01', '%Y')) VIRTUAL, f DOUBLE AS (a / 3) VIRTUAL, g DECIMAL(10,4) AS (CAST(a AS DECIMAL(10,4))) STORED, h INT AS (a DIV 2) STORED, i VARCHAR(10) AS (IF(a IS NULL,'x','y')) STORED, j TINYINT(1) AS (a BETWEEN 1 AND 5) VIRTUAL, k INT AS (a ^ 3 | 4 & 1 << 2) VIRTUAL, l DATE AS (CAST('2020-02-02' AS DATE) + INTERVAL 1 DAY) VIRTUAL, m VARCHAR(50) AS (REPLACE(UPPER(TRIM(' x ')), 'X', CHAR(65))) VIRTUAL, n BIGINT UNSIGNED AS (CAST(a AS UNSIGNED)) STORED, UNIQUE KEY uc (c), KEY kb (b))`,
		rows: [
			'(1,0,4,DEFAULT,DEFAULT,DEFAULT,DEFAULT,DEFAULT,DEFAULT,DEFAULT,DEFAULT,DEFAULT,DEFAULT,DEFAULT,DEFAULT,DEFAULT)',
		],
	},
	{
		name: 'computed_not_null',
		on: ['mysql'],
		definition: `(id INT PRIMARY KEY, ${touch}, a INT, b INT AS (a+1) VIRTUAL NOT NULL, c INT GENERATED ALWAYS AS (a) STORED UNIQUE KEY, d INT AS (a) INVISIBLE)`,
		rows: ['(1,0,4,DEFAULT,DEFAULT)'],
		leftOut: /NOT NULL of the generated column b/,
	},
	{
		name: 'defaults_of_mysql',
		on: ['mysql'],
		definition: `(id INT PRIMARY KEY, ${touch}, a CHAR(36) DEFAULT (UUID()), b BINARY(16) DEFAULT (UUID_TO_BIN(UUID(),1)), c DATETIME DEFAULT (NOW() + INTERVAL 1 DAY), d INT DEFAULT (FLOOR(RAND()*100)), e TEXT DEFAULT (_utf8mb4'it\\'s'), f BLOB DEFAULT (x'0027ff'), g VARCHAR(20) DEFAULT (CURRENT_USER()), h DOUBLE DEFAULT (PI()), i DATE DEFAULT (CURRENT_DATE), j JSON DEFAULT (JSON_ARRAY()), k TIMESTAMP DEFAULT (CURRENT_TIMESTAMP), l BIGINT DEFAULT (UNIX_TIMESTAMP()), m VARCHAR(100) DEFAULT (CONCAT('a', "b'c", '(', ')')), n BINARY(3) DEFAULT 0x0001ff, o VARBINARY(4) DEFAULT x'00', p BIT(3) DEFAULT (b'1'), q POINT DEFAULT (POINT(0,0)), r INT DEFAULT (touch + 1))`,
		rows: [
			"(1,0,'a',x'01',NOW(),1,'e',x'00','g',1,'2020-01-01','[]','2020-01-01',1,'m',x'000102',x'00',b'1',POINT(1,1),3)",
		],
	},
	{
		name: 'defaults_of_mariadb',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}, a CHAR(36) DEFAULT UUID(), c DATETIME DEFAULT (NOW() + INTERVAL 1 DAY), d INT DEFAULT FLOOR(RAND()*100), e TEXT DEFAULT 'it''s \\\\ x', f BLOB DEFAULT x'0027ff', g VARCHAR(90) DEFAULT CURRENT_USER(), h DOUBLE DEFAULT PI(), i DATE DEFAULT CURRENT_DATE, j JSON DEFAULT JSON_ARRAY(), l BIGINT DEFAULT UNIX_TIMESTAMP(), m VARCHAR(100) DEFAULT CONCAT('a', "b'c", '(', ')'), n BINARY(3) DEFAULT 0x0001ff, o VARBINARY(4) DEFAULT x'00', q POINT DEFAULT POINT(0,0), r INT DEFAULT (touch + 1), s VARCHAR(20) DEFAULT (1), t INT DEFAULT -1, u DATETIME(6) DEFAULT SYSDATE(6), v TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), w VARCHAR(10) DEFAULT NULL)`,
		rows: [
			"(1,0,'a','2020-01-01',1,'e',x'00','g',1,'2020-01-01','[]',1,'m',x'000102',x'00',POINT(1,1),3,'s',2,'2020-01-01','2020-01-01','w')",
		],
	},
	{
		name: 'moments',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}, a DATE DEFAULT NOW(), b TIME DEFAULT CURRENT_TIMESTAMP, c VARCHAR(30) DEFAULT CURRENT_TIMESTAMP, d DATETIME DEFAULT LOCALTIME, e DATETIME(6) DEFAULT CURRENT_TIMESTAMP, f TIMESTAMP(3) DEFAULT CURRENT_TIMESTAMP(6), g DATETIME(6) DEFAULT CURRENT_TIMESTAMP(3), h DATETIME DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP)`,
		rows: [
			"(1,0,'2020-01-01','01:01:01','c','2020-01-01','2020-01-01','2020-01-01','2020-01-01','2020-01-01')",
		],
	},
	{
		name: 'checks',
		on: both,
		definition: `(id INT PRIMARY KEY, ${touch}, a INT CHECK (a > 0), b VARCHAR(20) CHECK (b <> 'it''s (x' AND b NOT LIKE '%\\%%'), CONSTRAINT \`odd \`\`name\` CHECK (a < 100 OR b IN ('a','b,c')), CHECK (a IS NOT NULL), CONSTRAINT cc CHECK (id BETWEEN 1 AND 1000 AND NOT (a = 3)), CHECK (b REGEXP '^[a-z]*$'))`,
		rows: ["(1,0,1,'a')"],
	},
	{
		name: 'same_check_a',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}, a INT, CONSTRAINT samename CHECK (a > 0))`,
		rows: ['(1,0,1)'],
	},
	{
		name: 'same_check_b',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}, a INT, CONSTRAINT samename CHECK (a > 0))`,
		rows: ['(1,0,1)'],
		leftOut: /the name samename of a constraint/,
	},
	{
		name: 'unique_by_hash',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}, a TEXT, b BLOB, c VARCHAR(2000), d INT, UNIQUE KEY ua (a), UNIQUE KEY ub (b), UNIQUE KEY uc (c), UNIQUE KEY ud (d, a) USING HASH, UNIQUE KEY hd (d) USING HASH, KEY ig (d) IGNORED)`,
		rows: ["(1,0,'a','b','c',1)"],
		leftOut: /the key uc .*too long for an index/,
	},
	{
		name: 'versioned_by_columns',
		on: ['mariadb'],
		definition: `(id INT, ${touch}, v INT, s TIMESTAMP(6) GENERATED ALWAYS AS ROW START, e TIMESTAMP(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME(s,e), PRIMARY KEY (id), UNIQUE KEY uv (v), KEY ks (s)) WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME (PARTITION p0 HISTORY, PARTITION pn CURRENT)`,
		rows: ['(1,0,1,DEFAULT,DEFAULT)'],
		leftOut: /WITH SYSTEM VERSIONING/,
	},
	{
		name: 'versioned_invisibly',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}, s TIMESTAMP(6) GENERATED ALWAYS AS ROW START INVISIBLE, e TIMESTAMP(6) GENERATED ALWAYS AS ROW END INVISIBLE, PERIOD FOR SYSTEM_TIME(s,e)) WITH SYSTEM VERSIONING`,
		rows: ['(1,0)'],
	},
	{
		name: 'numbered',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}, n BIGINT DEFAULT NEXTVAL(sq), m BIGINT NOT NULL DEFAULT (NEXT VALUE FOR sq))`,
		rows: ['(1,0,DEFAULT,DEFAULT)'],
		leftOut: /the default .*nextval/,
	},
	{
		name: 'circle_a',
		on: both,
		definition: `(id INT PRIMARY KEY, ${touch}, b INT)`,
		rows: ['(1,0,1)'],
		toldLater: /lacks keys .* FOREIGN KEY \(b\) to circle_b/,
		leftOut: /to be added once circle_b exists there/,
	},
	{
		name: 'circle_b',
		on: both,
		definition: `(id INT PRIMARY KEY, ${touch}, a INT, CONSTRAINT circ_b_0 FOREIGN KEY (a) REFERENCES circle_a (id))`,
		rows: ['(1,0,1)'],
		toldLater: /lacks keys .* FOREIGN KEY \(a\) to circle_a/,
	},
	{
		name: 'to_nothing',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}, p INT, KEY(p), FOREIGN KEY (p) REFERENCES nowhere (id) ON DELETE SET NULL)`,
		rows: ['(1,0,NULL)'],
		leftOut: /to be added once nowhere exists there/,
	},
	{
		name: 'plain_parent',
		on: both,
		definition: `(id INT PRIMARY KEY, ${touch}, g INT, h VARCHAR(10) COLLATE utf8mb4_unicode_ci, KEY (g), KEY(h))`,
		rows: ["(1,0,1,'h')"],
	},
	{
		name: 'to_plain_key',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}, g INT, h VARCHAR(10) COLLATE utf8mb4_unicode_ci, FOREIGN KEY (g) REFERENCES plain_parent (g), FOREIGN KEY (h) REFERENCES plain_parent (h) ON DELETE CASCADE)`,
		rows: ["(1,0,1,'h')"],
		toldLater:
			/lacks keys that .* has: .*FOREIGN KEY .*; its server has no key that these could refer to/,
		leftOut: /plain_parent has no matching key there/,
	},
];

/** Everything else. */
export const otherTables: readonly OfferedTable[] = [
	{
		name: 'ints',
		on: both,
		definition: `(id INT PRIMARY KEY, ${touch}, a TINYINT, b SMALLINT UNSIGNED, c MEDIUMINT, d INT(5) ZEROFILL, e BIGINT UNSIGNED, f TINYINT(1), g BOOLEAN DEFAULT TRUE, h BIGINT(20) NOT NULL DEFAULT -9223372036854775808)`,
		rows: ['(1,0,-128,65535,-8388608,42,18446744073709551615,1,0,9223372036854775807)'],
	},
	{
		name: 'decs',
		on: both,
		definition: `(id INT PRIMARY KEY, ${touch}, a DECIMAL(65,30), b DECIMAL(10) UNSIGNED, c FLOAT, d DOUBLE, e FLOAT(7,3), f DOUBLE(10,2) UNSIGNED, g DECIMAL(5,2) UNSIGNED ZEROFILL, h REAL, i FLOAT(30))`,
		rows: [
			'(1,0,12345678901234567890123456789012345.123456789012345678901234567890,7,1.17549435e-38,96.77964204590711,1.125,1.5,1.5,2.2250738585072014e-308,1.1)',
		],
	},
	{
		name: 'bits',
		on: both,
		definition: `(id INT PRIMARY KEY, ${touch}, a BIT, b BIT(64) DEFAULT b'1010', c BIT(9) NOT NULL DEFAULT b'0', d YEAR, e YEAR(4) NOT NULL DEFAULT 1999)`,
		rows: [
			"(1,0,b'1',b'1111111111111111111111111111111111111111111111111111111111111111',b'100000001',2155,1901)",
			"(2,0,NULL,b'0',b'0',0,0)",
		],
	},
	{
		name: 'enums',
		on: both,
		definition: `(id INT PRIMARY KEY, ${touch}, a ENUM('','a,b','c''d','e"f','g(h)','\\\\','ü','日','CHECK (','DEFAULT ''x''','--','/*x*/') DEFAULT 'c''d', b SET('x','y''z','w(','', 'COMMENT') NOT NULL DEFAULT 'x,w(', c ENUM('A','ß') CHARACTER SET latin1 COLLATE latin1_german1_ci)`,
		rows: [
			"(1,0,'','x','A')",
			"(2,0,'a,b','y''z,w(','ß')",
			"(3,0,'\\\\','','A')",
			"(4,0,'/*x*/','COMMENT',NULL)",
			"(5,0,'日','',NULL)",
			"(6,0,'CHECK (','','A')",
		],
	},
	{
		name: 'no_member',
		on: both,
		definition: `(id INT PRIMARY KEY, ${touch}, a ENUM('x','y'))`,
		rows: [],
	},
	{
		name: 'times',
		on: both,
		definition: `(id INT PRIMARY KEY, ${touch}, a DATE, b TIME(6), c DATETIME(6), d TIMESTAMP(6) NULL, e TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, f DATETIME(3) DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3), g TIME, h DATETIME NOT NULL DEFAULT '2000-01-01 00:00:00', i DATE NOT NULL DEFAULT '9999-12-31')`,
		rows: [
			"(1,0,'9999-12-31','-838:59:58.999999','9999-12-31 23:59:59.999999','2038-01-19 03:14:07.999999','2020-01-01 01:01:01','2020-01-01 01:01:01.123','838:59:59',DEFAULT,DEFAULT)",
		],
	},
	{
		name: 'texts',
		on: both,
		definition: `(id INT PRIMARY KEY, ${touch}, a CHAR(10), b VARCHAR(100), c TINYTEXT, d TEXT, e MEDIUMTEXT, f LONGTEXT, g BINARY(5), h VARBINARY(50), i TINYBLOB, j BLOB, k MEDIUMBLOB, l LONGBLOB)`,
		rows: ["(1,0,'a','b  ','c ','😀','e','f',x'0001',x'00ff20',x'00',x'ff',x'0d0a',x'2720')"],
	},
	{
		name: 'charsets',
		on: both,
		definition: `(id INT PRIMARY KEY, ${touch}, a VARCHAR(50) CHARACTER SET latin1, b VARCHAR(50) CHARACTER SET utf8mb3, c VARCHAR(50) CHARACTER SET ucs2, d VARCHAR(50) CHARACTER SET utf16, e VARCHAR(50) CHARACTER SET utf32, f VARCHAR(50) CHARACTER SET cp1251, g VARCHAR(50) CHARACTER SET sjis, h VARCHAR(50) CHARACTER SET big5, i VARCHAR(50) CHARACTER SET gbk, j VARCHAR(50) CHARACTER SET ascii, k VARCHAR(50) CHARACTER SET binary, l VARCHAR(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_swedish_ci, m TEXT CHARACTER SET utf16le, n VARCHAR(10) CHARACTER SET greek, o NCHAR(5), p NATIONAL VARCHAR(5)) DEFAULT CHARSET=cp1250 COLLATE=cp1250_czech_cs`,
		rows: ["(1,0,'é','é','日','😀','😀','Ж','日','日','日','a',x'ff00','x','😀','α','é','日')"],
	},
	{
		name: 'collations_of_mysql',
		on: ['mysql'],
		definition: `(id INT PRIMARY KEY, ${touch}, a VARCHAR(20) COLLATE utf8mb4_0900_as_ci, b VARCHAR(20) COLLATE utf8mb4_ja_0900_as_cs_ks, c VARCHAR(20) COLLATE utf8mb4_de_pb_0900_ai_ci, d VARCHAR(20) CHARACTER SET gb18030 COLLATE gb18030_unicode_520_ci, e VARCHAR(20) CHARACTER SET gb18030, f VARCHAR(20) COLLATE utf8mb4_zh_0900_as_cs, UNIQUE KEY u (a)) COLLATE=utf8mb4_0900_bin`,
		rows: ["(1,0,'é','が','ß','日','㐀','日')", "(2,0,'e','か','ss','本','x','本')"],
	},
	{
		name: 'collations_of_mariadb',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}, a VARCHAR(20) COLLATE utf8mb4_uca1400_swedish_as_cs, b VARCHAR(20) CHARACTER SET utf8mb3 COLLATE utf8mb3_uca1400_ai_ci, c VARCHAR(20) CHARACTER SET ucs2 COLLATE ucs2_uca1400_nopad_as_cs, d VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_swedish_nopad_ci, e VARCHAR(20) COLLATE utf8mb4_thai_520_w2, f VARCHAR(20) COLLATE utf8mb4_croatian_mysql561_ci, g VARCHAR(20) COLLATE utf8mb4_myanmar_ci, h CHAR(5) COLLATE utf8mb4_general_nopad_ci, UNIQUE KEY u (h)) COLLATE=utf8mb4_uca1400_ai_ci`,
		rows: ["(1,0,'é','é','é','é','ก','č','က','x')"],
	},
	{
		name: 'uuid_gen',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}, u UUID, g VARCHAR(40) AS (CONCAT('x', u)) STORED, i INET6, h VARCHAR(60) AS (HEX(i)) VIRTUAL, CHECK (u <> '00000000-0000-0000-0000-000000000000'))`,
		rows: ["(1,0,'123e4567-e89b-12d3-a456-426655440000',DEFAULT,'::1',DEFAULT)"],
	},
	{
		name: 'uuid_in_partitions',
		on: ['mariadb'],
		definition: `(id UUID PRIMARY KEY, ${touch}) PARTITION BY KEY (id) PARTITIONS 3`,
		rows: ["('0000000A-0000-4000-8000-00000000000f',0)"],
	},
	{
		name: 'vectors',
		on: ['mariadb'],
		newMariadb: true,
		definition: `(id INT PRIMARY KEY, ${touch}, v VECTOR(3) NOT NULL, VECTOR KEY vk (v) M=8 DISTANCE=cosine)`,
		rows: ["(1,0,VEC_FROMTEXT('[1.5,-2e-30,3]'))"],
	},
	{
		name: 'jsons',
		on: both,
		definition: `(id INT PRIMARY KEY, ${touch}, j JSON, k JSON NOT NULL, n JSON DEFAULT NULL, c VARCHAR(20) COLLATE utf8mb4_unicode_ci)`,
		rows: [`(1,0,'{"a": 1, "b": [1, 2.5, "x"]}','[]','null','a')`],
	},
	{
		name: 'json_defaults',
		on: ['mysql'],
		definition: `(id INT PRIMARY KEY, ${touch}, j JSON DEFAULT (JSON_OBJECT('a', JSON_ARRAY(1,2))), k JSON DEFAULT (CAST('{}' AS JSON)), g INT AS (j->'$.a[0]') STORED, h VARCHAR(10) AS (j->>'$.b') VIRTUAL, KEY kk ((CAST(j->>'$.b' AS CHAR(10)))), CHECK (JSON_TYPE(k) = 'OBJECT'), CHECK (JSON_SCHEMA_VALID('{"type":"object"}', k)))`,
		rows: [`(1,0,'{"a":[7],"b":"q"}','{}',DEFAULT,DEFAULT)`],
	},
	{
		name: 'geoms',
		on: both,
		definition: `(id INT PRIMARY KEY, ${touch}, a GEOMETRY, b POINT NOT NULL, c LINESTRING, d POLYGON, e MULTIPOINT, f MULTILINESTRING, g MULTIPOLYGON, h GEOMETRYCOLLECTION, SPATIAL KEY sp (b))`,
		rows: [
			"(1,0,ST_GeomFromText('POINT(1 2)'),ST_GeomFromText('POINT(1 2)'),ST_GeomFromText('LINESTRING(0 0,1 1)'),ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))'),ST_GeomFromText('MULTIPOINT(0 0,1 1)'),ST_GeomFromText('MULTILINESTRING((0 0,1 1))'),ST_GeomFromText('MULTIPOLYGON(((0 0,1 0,1 1,0 0)))'),ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1))'))",
		],
	},
	{
		name: 'shapes_with_srid',
		on: ['mysql'],
		definition: `(id INT PRIMARY KEY, ${touch}, a POINT NOT NULL SRID 4326, b GEOMETRY SRID 0, g DOUBLE AS (ST_Latitude(a)) STORED, h DOUBLE AS (ST_X(b)) VIRTUAL, d POINT DEFAULT (POINT(1,2)), SPATIAL KEY (a))`,
		rows: ["(1,0,ST_GeomFromText('POINT(10 20)',4326),POINT(1,1),DEFAULT,DEFAULT,DEFAULT)"],
	},
	{
		name: 'shapes_of_mariadb',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}, a POINT REF_SYSTEM_ID=4326 NOT NULL, p POINT DEFAULT (POINT(3,4)), SPATIAL KEY (a))`,
		rows: ["(1,0,ST_GeomFromText('POINT(10 20)',4326),DEFAULT)"],
	},
	{
		name: 'computed_texts',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}, s VARCHAR(50), a VARCHAR(50) AS (SUBSTRING_INDEX(s, '@', -1)) STORED, b CHAR(32) AS (MD5(s)) STORED, c VARCHAR(50) AS (LOWER(s)) STORED, d VARCHAR(60) AS (CONCAT_WS(',', s, NULL, 'x\\'"')) STORED, e INT AS (CHAR_LENGTH(s)) STORED, f VARBINARY(20) AS (UNHEX(SHA1(s))) STORED, g VARCHAR(50) AS (CONVERT(s USING latin1)) STORED, h INT AS (s LIKE 'a\\_%') STORED, i INT AS (s REGEXP '^a') STORED, j VARCHAR(20) AS (COALESCE(NULLIF(s,''),'n')) STORED, k VARCHAR(20) AS (LPAD(s,5,'0')) STORED, l VARCHAR(50) AS (s COLLATE utf8mb4_bin) STORED)`,
		rows: [
			"(1,0,'a_x@y',DEFAULT,DEFAULT,DEFAULT,DEFAULT,DEFAULT,DEFAULT,DEFAULT,DEFAULT,DEFAULT,DEFAULT,DEFAULT,DEFAULT)",
		],
	},
	{
		name: 'invisible',
		on: both,
		definition: `(id INT PRIMARY KEY, ${touch}, a INT INVISIBLE DEFAULT 4, b VARCHAR(10) INVISIBLE, KEY ka (a))`,
		rows: ['(1,0)'],
	},
	{
		name: 'invisible_key',
		on: ['mysql'],
		definition: `(id INT NOT NULL AUTO_INCREMENT INVISIBLE, ${touch}, a INT INVISIBLE DEFAULT 4, PRIMARY KEY (id))`,
		rows: ['(0)'],
	},
	{
		name: 'invisible_key_of_mariadb',
		on: ['mariadb'],
		definition: `(id INT NOT NULL AUTO_INCREMENT INVISIBLE, ${touch}, a INT, PRIMARY KEY (id))`,
		rows: ['(0, 1)'],
	},
	{
		name: 'literals',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}, a VARCHAR(10) DEFAULT 5, b DECIMAL(5,2) DEFAULT 1.005, c INT DEFAULT '7', d DOUBLE DEFAULT 1e3, e TINYINT DEFAULT TRUE, f YEAR DEFAULT '99', g BIT(4) DEFAULT 5, h CHAR(3) CHARACTER SET latin1 DEFAULT _latin1'\\xe9', i ENUM('1','2') DEFAULT '2', j SET('a','b') DEFAULT 'a,b', k INT UNSIGNED DEFAULT 0x10, l VARCHAR(3) DEFAULT 'é', m VARCHAR(5) DEFAULT '')`,
		rows: ["(1,0,'x',1,1,1,1,2000,5,'x','1','a',1,'z','')"],
	},
	{
		name: 'keyed',
		on: both,
		definition: `(id INT NOT NULL, ${touch}, a VARCHAR(255), b TEXT, c BLOB, d INT, e INT, PRIMARY KEY (id DESC), UNIQUE KEY up (a(10)), UNIQUE KEY ud (d DESC, e), KEY \`LIKE '%'\` (d), KEY \`a%_b\` (e) COMMENT 'it''s; (x)', KEY \`PRIMARY KEY\` (d, e), KEY kb (b(100), c(20)), KEY kh (a) USING BTREE, FULLTEXT KEY \`full,text\` (a, b), KEY \`CHECK\` (e,d), KEY \`\`\`\` (d, a(3)), KEY \`é日\` (e, a(4)))`,
		rows: ["(1,0,'a','b','c',1,1)", "(2,0,'b','b','c',2,1)"],
	},
	{
		name: 'long_key',
		on: both,
		definition: `(id INT PRIMARY KEY, ${touch}, a VARCHAR(768), KEY ka (a))`,
		rows: ["(1,0,'a')"],
	},
	{
		name: 'keys_on_expressions',
		on: ['mysql'],
		definition: `(id INT PRIMARY KEY, ${touch}, a VARCHAR(10), d INT, KEY f1 ((UPPER(a))), UNIQUE KEY f2 ((d + 1), a), KEY f3 (d, (ABS(d)) DESC), FULLTEXT KEY ft (a) WITH PARSER ngram, KEY inv (d) INVISIBLE)`,
		rows: ["(1,0,'a',1)"],
	},
	{
		name: 'by_range',
		on: both,
		definition: `(id INT NOT NULL, ${touch}, d DATETIME NOT NULL, PRIMARY KEY (id, d)) PARTITION BY RANGE COLUMNS (d) (PARTITION p0 VALUES LESS THAN ('2020-01-01'), PARTITION \`p,1\` VALUES LESS THAN (MAXVALUE) COMMENT = 'x''y (')`,
		rows: ["(1,0,'2019-01-01')"],
	},
	{
		name: 'by_timestamp',
		on: both,
		definition: `(id INT NOT NULL, ${touch}, d TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (id, d)) PARTITION BY RANGE (UNIX_TIMESTAMP(d)) (PARTITION p0 VALUES LESS THAN (1577836800), PARTITION p1 VALUES LESS THAN MAXVALUE)`,
		rows: ["(1,0,'2019-01-01')"],
	},
	{
		name: 'by_list',
		on: both,
		definition: `(id INT NOT NULL PRIMARY KEY, ${touch}) PARTITION BY LIST (id MOD 3) (PARTITION p0 VALUES IN (0,NULL), PARTITION p1 VALUES IN (1), PARTITION p2 VALUES IN (2))`,
		rows: ['(1,0)'],
	},
	{
		name: 'subpartitioned',
		on: both,
		definition: `(id INT NOT NULL, ${touch}, y INT NOT NULL, PRIMARY KEY (id, y)) ROW_FORMAT=DYNAMIC PARTITION BY RANGE (y) SUBPARTITION BY KEY (id) SUBPARTITIONS 2 (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))`,
		rows: ['(1,0,5)'],
	},
	{
		name: 'with_default_partition',
		on: ['mariadb'],
		definition: `(id INT NOT NULL PRIMARY KEY, ${touch}) PARTITION BY LIST (id) (PARTITION p0 VALUES IN (1), PARTITION pd DEFAULT)`,
		rows: ['(1,0)'],
	},
	{
		name: 'by_tablespace',
		on: ['mysql'],
		definition: `(id INT NOT NULL PRIMARY KEY, ${touch}) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10) TABLESPACE = innodb_file_per_table, PARTITION p1 VALUES LESS THAN MAXVALUE)`,
		rows: ['(1,0)'],
	},
	{
		name: 'versioned',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}, v INT, w INT WITHOUT SYSTEM VERSIONING) WITH SYSTEM VERSIONING`,
		rows: ['(1,0,1,2)'],
	},
	{
		name: 'compressed',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}, a TEXT COMPRESSED DEFAULT 'x', b VARCHAR(1000) COMPRESSED, c BLOB COMPRESSED=zlib NOT NULL, d VARBINARY(200) COMPRESSED) PAGE_COMPRESSED=1 PAGE_COMPRESSION_LEVEL=3`,
		rows: ["(1,0,REPEAT('a',1000),REPEAT('b',900),REPEAT('c',1000),x'00')"],
	},
	{
		name: 'with_options',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY AUTO_INCREMENT, ${touch}) ENGINE=InnoDB ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=4 STATS_PERSISTENT=1 STATS_AUTO_RECALC=0 STATS_SAMPLE_PAGES=10 MIN_ROWS=1 MAX_ROWS=10 AVG_ROW_LENGTH=5 CHECKSUM=1 COMMENT='it''s -- (x) \\\\ "y"; DROP TABLE z; 日' AUTO_INCREMENT=500 TRANSACTIONAL=1`,
		rows: ['(1,0)'],
	},
	{
		name: 'redundant',
		on: both,
		definition: `(id INT PRIMARY KEY, ${touch}) ROW_FORMAT=REDUNDANT COMMENT='C:\\\\dir\\\\'`,
		rows: ['(1,0)'],
	},
	{
		name: 'with_tablespace',
		on: ['mysql'],
		definition: `(id INT PRIMARY KEY, ${touch}) TABLESPACE innodb_file_per_table AUTOEXTEND_SIZE=4M COMPRESSION='lz4' INSERT_METHOD=NO`,
		rows: ['(1,0)'],
	},
	{
		name: 'encrypted',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}) ENCRYPTED=NO`,
		rows: ['(1,0)'],
	},
	{
		name: 'to_parent',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}, p INT DEFAULT 1, FOREIGN KEY (p) REFERENCES plain_parent (id) ON DELETE SET NULL ON UPDATE NO ACTION)`,
		rows: ['(1,0,1)'],
	},
	{
		name: 'zero_dates',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}, a DATETIME NOT NULL DEFAULT '0000-00-00 00:00:00', b DATE DEFAULT '0000-00-00', c TIMESTAMP NOT NULL DEFAULT '0000-00-00 00:00:00')`,
		rows: ["(1,0,'0000-00-00','2020-00-00','0000-00-00')"],
	},
	{
		name: 'odd `columns',
		on: both,
		definition: `(id INT PRIMARY KEY, ${touch}, \`CHECK\` INT, \`DEFAULT\` INT DEFAULT 1, \`COLLATE\` VARCHAR(5), \`AS\` INT, \`a\`\`b\` INT, \`SRID\` INT, \`VISIBLE\` INT, \`日 本\` INT, \`PRIMARY KEY\` INT, \`(\` INT, CHECK (\`CHECK\` > \`(\` or \`AS\` is null))`,
		rows: ["(1,0,1,1,'x',NULL,1,1,1,1,1,1)"],
	},
	{
		name: 'comments',
		on: both,
		definition: `(id INT PRIMARY KEY COMMENT 'CHECK (', ${touch}, a INT NULL DEFAULT 4 COMMENT 'DEFAULT 5, AS (x) COLLATE y', b VARCHAR(9) COMMENT 'it''s "q" \\\\ /* no */ -- x', c LONGTEXT COMMENT 'json_valid(c) CHECK (json_valid(c))', d INT COMMENT 'SRID 4326 INVISIBLE COMPRESSED') COMMENT='PARTITION BY x WITH SYSTEM VERSIONING ROW_FORMAT=x'`,
		rows: ["(1,0,1,'b','c',1)"],
	},
	{
		name: 'wide',
		on: both,
		definition: `(id INT PRIMARY KEY, ${touch}, a VARCHAR(4000) CHARACTER SET latin1, b VARCHAR(4000), c VARCHAR(8000), d VARCHAR(100) CHARACTER SET latin1) DEFAULT CHARSET=latin1`,
		rows: ["(1,0,'a','b','c','d')"],
	},
	{
		name: 'autoinc',
		on: both,
		definition: `(a INT NOT NULL, id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, ${touch}, PRIMARY KEY (a, id), KEY kid (id)) AUTO_INCREMENT=18446744073709551`,
		rows: ['(1,5,0)'],
	},
	{
		name: 'serial',
		on: both,
		definition: `(id SERIAL PRIMARY KEY, ${touch}, a FIXED(5,1), b DEC, c INT1, d MIDDLEINT, e LONG VARCHAR, f LONG VARBINARY, g CHAR BYTE, h CHARACTER VARYING(5), i DOUBLE PRECISION, j BOOL)`,
		rows: ["(1,0,1.5,2,1,2,'e','f','g','h',1,1)"],
	},
	{
		name: 'empty_types',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}, a CHAR(0), b VARCHAR(0), c BINARY(0), d BIT(1) NOT NULL)`,
		rows: ["(1,0,'','','',b'1')"],
	},
	{
		name: 'placed',
		on: both,
		definition: `(id INT PRIMARY KEY, ${touch}, g GEOMETRY NOT NULL, SPATIAL INDEX (g))`,
		rows: ['(1,0,POINT(1,1))'],
	},
	{
		name: 'computed_in_keys',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}, a INT, g INT AS (a*2) PERSISTENT, UNIQUE KEY ug (g), KEY kg (g, a))`,
		rows: ['(1,0,3,DEFAULT)'],
	},
	{
		name: 'computed_json',
		on: ['mariadb'],
		definition: `(id INT PRIMARY KEY, ${touch}, j JSON, g INT AS (JSON_VALUE(j, '$.a')) VIRTUAL, h VARCHAR(20) AS (JSON_UNQUOTE(JSON_EXTRACT(j,'$.b'))) VIRTUAL, i VARCHAR(40) AS (SFORMAT('{}', id)) VIRTUAL, k DATE AS (FROM_DAYS(id + 700000)) STORED, n VARCHAR(40) AS (id || 'x') VIRTUAL, p INT AS (id % 2) STORED, q VARCHAR(20) AS (SUBSTR('abc', 2)) STORED)`,
		rows: [`(1,0,'{"a":1,"b":"x"}',DEFAULT,DEFAULT,DEFAULT,DEFAULT,DEFAULT,DEFAULT,DEFAULT)`],
	},
];

/** Tables with about everything that a definition can have, and what the other product cannot have of it. */
import type { Product } from '../../../source/demo/servers/product.ts';

export interface DefinedTable {
	name: string;
	/** The text in its parentheses and after them. */
	definition: string;
	/** What is said that the other product has otherwise. */
	leftOut?: readonly RegExp[];
	/** What is said where a product cannot have such a table. */
	refused?: Partial<Record<Product, RegExp>>;
	/** Where only one server of a product knows it. */
	since?: readonly [number, number];
}

const common: readonly DefinedTable[] = [
	{
		name: 'parent',
		definition:
			'(id INT UNSIGNED NOT NULL AUTO_INCREMENT, code VARCHAR(20) NOT NULL, PRIMARY KEY (id), UNIQUE KEY by_code (code))',
	},
	{
		name: 'child',
		definition: `(id INT PRIMARY KEY, p INT UNSIGNED, code VARCHAR(20), boss INT,
			CONSTRAINT to_parent FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE SET NULL,
			FOREIGN KEY (code) REFERENCES parent (code) ON DELETE NO ACTION,
			CONSTRAINT own FOREIGN KEY (boss) REFERENCES child (id) ON DELETE SET NULL)`,
	},
	{
		name: 'keyed',
		definition: `(a INT NOT NULL, b VARCHAR(300) NOT NULL, c TEXT, d POINT NOT NULL, e INT, PRIMARY KEY (b(250), a),
			UNIQUE KEY u (e, a), KEY k1 (e, b(20) DESC) COMMENT 'a, (b)', KEY k2 (c(30)), FULLTEXT KEY words (b, c), SPATIAL KEY place (d))`,
	},
	{
		name: 'defaults',
		definition: `(id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, a INT DEFAULT -5, b DECIMAL(10, 3) UNSIGNED ZEROFILL DEFAULT 1.5,
			c VARCHAR(30) NOT NULL DEFAULT 'it''s, (x) \\\\ \`', d ENUM('a', 'it''s', 'c,d') DEFAULT 'it''s', e SET('x', 'y') DEFAULT 'x,y',
			f BIT(5) DEFAULT b'101', g DATETIME(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
			h TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, i YEAR DEFAULT 2020, j TINYINT(1) DEFAULT 1, k BINARY(3) DEFAULT 'abc',
			l DOUBLE DEFAULT 1.5e10, m INT DEFAULT (1 + 2), n VARCHAR(40) DEFAULT (CONCAT('a', 'b')), o DATE DEFAULT '2020-02-29', p FLOAT(7, 2) DEFAULT NULL,
			q INT INVISIBLE DEFAULT 7, PRIMARY KEY (id)) AUTO_INCREMENT = 1000 COMMENT = 'it''s the table, (not) a \`view\`'`,
	},
	{
		name: 'computed',
		definition: `(id INT PRIMARY KEY, n INT, j JSON, v INT AS (n * 2) VIRTUAL, s VARCHAR(50) AS (CONCAT(n, '-', id)) STORED,
			x VARCHAR(20) AS (JSON_UNQUOTE(JSON_EXTRACT(j, '$.x'))) STORED, KEY by_v (v), UNIQUE KEY by_s (s),
			CONSTRAINT small CHECK (n < 100 AND (n > 0 OR n IN (-1, -2))), CHECK (id <> 13))`,
	},
	{
		name: 'texts',
		definition: `(id INT PRIMARY KEY, a VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_german2_ci COMMENT 'a ''b''', b TEXT CHARACTER SET ascii,
			c CHAR(5) COLLATE utf8mb4_bin, d MEDIUMTEXT, e LONGBLOB, f VARBINARY(20), g VARCHAR(10) CHARACTER SET utf8mb3) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci`,
	},
	{
		name: 'in_latin1',
		definition:
			'(id INT PRIMARY KEY, a VARCHAR(20), b VARCHAR(20) CHARACTER SET utf8mb4) DEFAULT CHARSET = latin1',
	},
	{
		name: 'by_range',
		definition:
			"(id INT, day DATE, PRIMARY KEY (id, day)) PARTITION BY RANGE (TO_DAYS(day)) (PARTITION p0 VALUES LESS THAN (737791) COMMENT 'x', PARTITION pm VALUES LESS THAN MAXVALUE)",
	},
	{
		name: 'by_hash',
		definition: '(id INT PRIMARY KEY) PARTITION BY LINEAR HASH (id) PARTITIONS 3',
	},
	{ name: 'by_key', definition: '(id INT PRIMARY KEY) PARTITION BY KEY (id) PARTITIONS 2' },
	{
		name: 'by_list',
		definition:
			"(id INT, r VARCHAR(10), PRIMARY KEY (id, r)) PARTITION BY LIST COLUMNS (r) SUBPARTITION BY HASH (id) SUBPARTITIONS 2 (PARTITION pe VALUES IN ('eu', 'uk'), PARTITION po VALUES IN ('us'))",
	},
	{
		name: 'odd ``name, (1)',
		definition:
			'(`k.e``y` INT PRIMARY KEY, `a,b` INT, `c(d)` VARCHAR(10) DEFAULT "`", KEY `i,(j)` (`a,b`, `c(d)`))',
	},
	{
		name: 'shapes',
		definition:
			'(id INT PRIMARY KEY, a GEOMETRY, b POINT, c LINESTRING, d POLYGON, e MULTIPOINT, f GEOMETRYCOLLECTION)',
	},
];

export const tablesOf: Record<Product, readonly DefinedTable[]> = {
	mariadb: [
		...common,
		{
			name: 'own_types',
			definition:
				"(id UUID PRIMARY KEY DEFAULT UUID(), a INET4, b INET6 DEFAULT '::1', c TEXT COMPRESSED, d TEXT DEFAULT 'abc', e BLOB DEFAULT 'x', f DATE DEFAULT CURDATE(), j JSON DEFAULT '{\"a\": 1}')",
			leftOut: [
				/type uuid of id \(char\(36\)/,
				/type inet4 of a/,
				/type inet6 of b/,
				/COMPRESSED of c/,
			],
		},
		{ name: 'json_in_key', definition: '(id INT PRIMARY KEY, j JSON, FULLTEXT KEY words (j))' },
		{
			name: 'whole_texts',
			definition: '(id INT PRIMARY KEY, t TEXT, UNIQUE KEY u (t))',
			leftOut: [/the key u \(`t`\): MySQL cannot keep values unique/],
		},
		{ name: 'ignored', definition: '(id INT PRIMARY KEY, a INT, KEY k (a) IGNORED)' },
		{
			name: 'versioned',
			definition: '(id INT PRIMARY KEY, v INT) WITH SYSTEM VERSIONING',
			leftOut: [/WITH SYSTEM VERSIONING/],
		},
		{
			name: 'with_default_partition',
			definition:
				"(id INT, r VARCHAR(10), PRIMARY KEY (id, r)) PARTITION BY LIST COLUMNS (r) (PARTITION pe VALUES IN ('eu'), PARTITION pd DEFAULT)",
			leftOut: [/the partitions: PARTITION BY LIST/],
		},
		{
			name: 'compared',
			definition:
				'(id INT PRIMARY KEY, a VARCHAR(10) COLLATE utf8mb4_uca1400_ai_ci, b VARCHAR(10) COLLATE utf8mb4_nopad_bin, c VARCHAR(10) COLLATE utf8mb4_unicode_520_nopad_ci) PAGE_COMPRESSED = 1',
			leftOut: [
				/utf8mb4_uca1400_ai_ci of a \(utf8mb4_0900_ai_ci/,
				/utf8mb4_nopad_bin of b \(utf8mb4_0900_bin/,
				/of c \(utf8mb4_unicode_520_ci/,
				/PAGE_COMPRESSED/,
			],
		},
		{
			name: 'zero_dates',
			definition:
				"(id INT PRIMARY KEY, a DATETIME NOT NULL DEFAULT '0000-00-00 00:00:00', b DATE DEFAULT '2020-00-00')",
		},
		{ name: 'fk_to_plain_key', definition: '(id INT PRIMARY KEY, g INT, KEY (g))' },
		{
			name: 'fk_from',
			definition: '(id INT PRIMARY KEY, g INT, FOREIGN KEY (g) REFERENCES fk_to_plain_key (g))',
			leftOut: [/FOREIGN KEY \(`g`\) .*fk_to_plain_key has no matching key there/],
		},
		{
			name: 'numbered',
			definition: '(id INT PRIMARY KEY, n BIGINT DEFAULT (NEXT VALUE FOR numbers))',
			leftOut: [/the default .*nextval.* of n/],
		},
		{
			name: 'period',
			definition: '(id INT, s DATE, e DATE, PERIOD FOR p (s, e), PRIMARY KEY (id, s))',
			leftOut: [/PERIOD FOR `p`/],
		},
		{ name: 'two_checks', definition: '(id INT PRIMARY KEY, a INT CHECK (a > 0), CHECK (a < 9))' },
	],
	mysql: [
		...common,
		{
			name: 'own_functions',
			definition: `(id BINARY(16) PRIMARY KEY DEFAULT (UUID_TO_BIN(UUID())), a VARCHAR(10), b CHAR(36) DEFAULT (UUID()), c JSON DEFAULT (JSON_OBJECT('a', 1)), d TEXT DEFAULT ('abc'),
				e BLOB DEFAULT (x'00ff'), f DATE DEFAULT (CURDATE()), g VARCHAR(64) AS (BIN_TO_UUID(id)) STORED, h VARCHAR(20) AS (c->>'$.x') VIRTUAL,
				i VARCHAR(20) AS (CAST(a AS CHAR CHARACTER SET latin1)) VIRTUAL, KEY by_g (g), CHECK (REGEXP_LIKE(a, '^x')), CONSTRAINT off CHECK (a <> 'b') NOT ENFORCED)`,
			leftOut: [
				/the default \(uuid_to_bin\(uuid\(\)\)\) of id/,
				/the generated column g, whose expression/,
				/the key by_g \(`g`\): there is no column g/,
				/CHECK \(regexp_like/,
				/NOT ENFORCED, which MariaDB would enforce/,
			],
		},
		{
			name: 'by_expression',
			definition:
				"(id INT PRIMARY KEY, a VARCHAR(10), j JSON, UNIQUE KEY low ((LOWER(a))), KEY many ((CAST(j->'$.z' AS UNSIGNED ARRAY))))",
			leftOut: [/the key low/, /the key many/],
		},
		{
			name: 'vectors',
			definition: '(id INT PRIMARY KEY, vec VECTOR(3))',
			refused: {
				mariadb: /^the column vec is vector\(3\), a type that MariaDB 10\.\d+\.\d+ lacks$/,
			},
		},
		{
			name: 'computed_key',
			definition:
				"(id INT, k VARCHAR(20) AS (CONCAT('k', id MOD 3)) STORED NOT NULL, v INT, PRIMARY KEY (id, k))",
			refused: {
				mariadb: /^k is a generated column, which MariaDB does not allow in a primary key$/,
			},
		},
		{ name: 'hidden_key', definition: '(id INT PRIMARY KEY, a INT, KEY k (a) INVISIBLE)' },
		{
			name: 'parsed',
			definition: '(id INT PRIMARY KEY, t TEXT, FULLTEXT KEY words (t) WITH PARSER ngram)',
			leftOut: [/WITH PARSER `ngram` of the key words/],
		},
		{
			name: 'placed',
			definition: '(id INT PRIMARY KEY, p POINT NOT NULL SRID 4326, SPATIAL KEY (p))',
			leftOut: [/SRID 4326 of p/],
		},
		{
			name: 'compared',
			definition:
				'(id INT PRIMARY KEY, a VARCHAR(10) COLLATE utf8mb4_0900_as_cs, b VARCHAR(10) COLLATE utf8mb4_0900_bin, c VARCHAR(10) CHARACTER SET gb18030) COLLATE utf8mb4_0900_ai_ci COMPRESSION = "zlib"',
			leftOut: [
				/utf8mb4_0900_as_cs of a/,
				/utf8mb4_0900_bin of b/,
				/gb18030 of c \(utf8mb4/,
				/COMPRESSION/,
			],
		},
		{
			name: 'stored',
			definition: '(id INT PRIMARY KEY, a INT COLUMN_FORMAT DYNAMIC STORAGE DISK)',
			leftOut: [/COLUMN_FORMAT of a/, /STORAGE of a/],
		},
		{ name: 'two_checks', definition: '(id INT PRIMARY KEY, a INT CHECK (a > 0), CHECK (a < 9))' },
	],
};

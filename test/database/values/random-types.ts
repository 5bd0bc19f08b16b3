/** Random values of every numeric and temporal type, as SQL, and how a server tells all their bits. */

export interface RandomType {
	type: string;
	/** SQL of a random value. */
	draw: (random: Random) => string;
	/** SQL that yields text in which every bit of the column's value counts. */
	bits: (column: string) => string;
}

/** Random numbers that are the same for the same seed (Marsaglia's xorshift, 64 bits). */
export class Random {
	#state: bigint;

	constructor(seed: number) {
		this.#state = BigInt.asUintN(64, BigInt(seed) * 0x9e3779b97f4a7c15n + 1n);
		for (let warm = 0; warm < 8; warm += 1) this.bits();
	}

	/** 64 random bits. */
	bits(): bigint {
		let x = this.#state;
		x ^= BigInt.asUintN(64, x << 13n);
		x ^= x >> 7n;
		x ^= BigInt.asUintN(64, x << 17n);
		this.#state = x;
		return x;
	}

	/** A whole number from 0 up to but without the limit. */
	below(limit: number): number {
		return Number(this.bits() % BigInt(limit));
	}

	/** One that has as likely few digits as many. */
	magnitude(bits: number): bigint {
		return this.bits() & ((1n << BigInt(this.below(bits + 1))) - 1n);
	}
}

const asText = (column: string) => `CAST(${column} AS CHAR)`;
const asBits = (column: string) => `HEX(${column} + 0)`;
/** A point has its coordinates as the bits of a DOUBLE, which no conversion to text has touched. */
const asPoint = (column: string) => `HEX(POINT(${column}, 0))`;

function integer(type: string, bits: number, unsigned: boolean): RandomType {
	const draw = (random: Random) => {
		const drawn = random.below(2) === 0 ? random.bits() : random.magnitude(64);
		if (unsigned) return String(BigInt.asUintN(bits, drawn));
		return String(BigInt.asIntN(bits, random.below(2) === 0 ? drawn : -drawn));
	};
	return { type: unsigned ? `${type} UNSIGNED` : type, draw, bits: asText };
}

function decimal(whole: number, decimals: number): RandomType {
	const digits = (random: Random, most: number) => {
		const length = random.below(most + 1);
		return Array.from({ length }, () => random.below(10)).join('');
	};
	return {
		type: `DECIMAL(${whole + decimals}, ${decimals})`,
		draw: (random) => `${sign(random)}${digits(random, whole) || '0'}.${digits(random, decimals)}0`,
		bits: asText,
	};
}

function sign(random: Random): string {
	return random.below(2) === 0 ? '-' : '';
}

/** A number as the server finds it in the bits of a point: no text is read. */
function ofBits(number: number): string {
	const bits = Buffer.alloc(16);
	bits.writeDoubleLE(number);
	return `ST_X(ST_GeomFromWKB(x'0101000000${bits.toString('hex')}'))`;
}

/** Any finite number but 0, by its bits or as a decimal of few digits and any size. */
function floating(type: string, read: (bits: Buffer) => number, exponents: number): RandomType {
	const draw = (random: Random): string => {
		for (;;) {
			const bits = Buffer.alloc(8);
			bits.writeBigUInt64LE(random.bits());
			const small = random.below(10_000_000) * 10 ** (random.below(exponents) - exponents / 2);
			const number = random.below(2) === 0 ? read(bits) : random.below(2) === 0 ? small : -small;
			if (Number.isFinite(number) && number !== 0) return ofBits(number);
		}
	};
	return { type, draw, bits: asPoint };
}

/** The types whose values a server rounds to some decimals. */
function rounded(type: string, whole: number, decimals: number): RandomType {
	return { ...decimal(whole, decimals), type, bits: asPoint };
}

const two = (number: number) => String(number).padStart(2, '0');

function fraction(random: Random, digits: number): string {
	if (digits === 0) return '';
	const all = 10 ** digits;
	const number = random.below(4) === 0 ? (all - random.below(2)) % all : random.below(all);
	return `.${String(number).padStart(digits, '0')}`;
}

function time(random: Random): string {
	return `${two(random.below(24))}:${two(random.below(60))}:${two(random.below(60))}`;
}

/** Also days that no calendar has. */
function date(random: Random): string {
	const year = random.below(2) === 0 ? random.below(10_000) : 1950 + random.below(100);
	return `${String(year).padStart(4, '0')}-${two(random.below(13))}-${two(random.below(32))}`;
}

function instant(random: Random): string {
	const seconds = 1 + random.below(2_147_483_646);
	return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

function temporal(type: string, draw: (random: Random) => string): RandomType {
	return { type, draw: (random) => `'${draw(random)}'`, bits: asText };
}

export const randomTypes: readonly RandomType[] = [
	...[false, true].flatMap((unsigned) => [
		integer('TINYINT', 8, unsigned),
		integer('SMALLINT', 16, unsigned),
		integer('MEDIUMINT', 24, unsigned),
		integer('INT', 32, unsigned),
		integer('BIGINT', 64, unsigned),
	]),
	{ type: 'BIT(64)', draw: (random) => String(random.bits()), bits: asBits },
	decimal(35, 30),
	decimal(65, 0),
	decimal(10, 2),
	floating('FLOAT', (bits) => bits.readFloatLE(), 60),
	floating('DOUBLE', (bits) => bits.readDoubleLE(), 600),
	rounded('FLOAT(7, 3)', 4, 3),
	rounded('DOUBLE(20, 5)', 15, 5),
	temporal('DATE', date),
	...[0, 3, 6].flatMap((digits) => [
		temporal(
			`TIME(${digits})`,
			(random) =>
				`${sign(random)}${random.below(838)}:${two(random.below(60))}:${two(random.below(60))}${fraction(random, digits)}`,
		),
		temporal(
			`DATETIME(${digits})`,
			(random) => `${date(random)} ${time(random)}${fraction(random, digits)}`,
		),
		temporal(`TIMESTAMP(${digits})`, (random) => instant(random) + fraction(random, digits)),
	]),
	{
		type: 'YEAR',
		draw: (random) => (random.below(100) === 0 ? '0' : String(1901 + random.below(255))),
		bits: asText,
	},
];

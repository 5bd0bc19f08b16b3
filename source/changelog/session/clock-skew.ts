/** Clock skew: the clocks of two servers need not agree. */
import type { Connection } from '../../database/connection/connection.ts';
import { sql } from '../../database/sql/sql.ts';

/** Readings of each clock: the quickest answer is the most exact. */
const samples = 3;

/** Milliseconds after which clocks are compared again. */
const trustedFor = 600_000;

/** Milliseconds within which the clocks count as not set: the network's delays and the clocks' drift. */
const noStep = 1000;

interface Difference {
	target: Connection;
	ahead: bigint;
	/** The same as the two connections knew it by themselves, in milliseconds. */
	roughly: number;
	/** As `performance.now()` tells. */
	measuredAt: number;
}

/** The clock of a source, compared with that of its target. */
export class ClockSkew {
	readonly #source: Connection;
	#measured: Difference | null = null;

	constructor(source: Connection) {
		this.#source = source;
	}

	/**
	 * Microseconds that the target's clock is ahead. 0 where the difference lies within what the network
	 * may have added, so that clocks that are kept in step count as one. Measured every ten minutes, and
	 * again when one of the clocks was set.
	 */
	async to(target: Connection): Promise<bigint> {
		const source = this.#source;
		const before = this.#measured;
		const roughly = target.clockAhead - source.clockAhead;
		const isValid =
			before?.target === target &&
			performance.now() - before.measuredAt < trustedFor &&
			Math.abs(roughly - before.roughly) < noStep;
		if (isValid) return before.ahead;
		// Both at once: by the time of this machine, which drifts too.
		const [one, other] = await Promise.all([readClock(source), readClock(target)]);
		const difference = other.offset - one.offset;
		const doubt = other.doubt + one.doubt;
		const ahead = (difference < 0n ? -difference : difference) <= doubt ? 0n : difference;
		this.#measured = { target, ahead, roughly, measuredAt: performance.now() };
		return ahead;
	}
}

/** A time of the change log, as the servers write it, in microseconds since 1970; 0 where there is none. */
export function microseconds(time: string | null): bigint {
	if (time === null) return 0n;
	const [, seconds = '', fraction = ''] = /^([^.]*)(?:\.(\d+))?$/.exec(time) ?? [];
	const milliseconds = Date.parse(`${seconds.replace(' ', 'T')}Z`);
	if (Number.isNaN(milliseconds)) return 0n;
	return BigInt(milliseconds) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}

/** The latest time that a column holds, in microseconds since 1970. */
const latest = microseconds('9999-12-31 23:59:59.999999');

/**
 * A time of the change log so many microseconds later. A value that is no time, or too late for a later
 * one, is returned as it is: SQL would fail for it, and the batch with it.
 */
export function shifted(time: string, ahead: bigint): string {
	const at = microseconds(time);
	const later = at + ahead;
	if (ahead === 0n || at <= 0n || later <= 0n || later > latest) return time;
	const [milliseconds, rest] = [later / 1000n, later % 1000n];
	const text = new Date(Number(milliseconds)).toISOString().replace('T', ' ').replace('Z', '');
	return `${text}${String(rest).padStart(3, '0')}`;
}

interface Clock {
	/** Microseconds that the server's clock is ahead of this process's. */
	offset: bigint;
	/** Microseconds by which that may be wrong. */
	doubt: bigint;
}

async function readClock(connection: Connection): Promise<Clock> {
	let best: Clock | null = null;
	for (let sample = 0; sample < samples; sample += 1) {
		const before = performance.now();
		const [row] = await connection.rows<{ now: string }>(sql`SELECT UTC_TIMESTAMP(6) AS now`);
		const after = performance.now();
		const middle = BigInt(Math.round((performance.timeOrigin + (before + after) / 2) * 1000));
		const doubt = BigInt(Math.ceil(((after - before) / 2) * 1000)) + resolution;
		if (best === null || doubt < best.doubt) {
			best = { offset: microseconds(row?.now ?? null) - middle, doubt };
		}
	}
	return best ?? { offset: 0n, doubt: 0n };
}

/** Microseconds within which a server's own statements may see another time than a trigger does. */
const resolution = 1000n;

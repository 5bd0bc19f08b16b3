/** Clock skew between two servers. */
import type { Connection } from '../../database/connection/connection.ts';
import { sql } from '../../database/sql/sql.ts';

/** Samples per server; the fastest response is the most accurate. */
const samples = 3;

/** Milliseconds after which clocks are compared again. */
const trustedFor = 600_000;

/** Milliseconds of difference that network delay and drift explain; more means that a clock was set. */
const noStep = 1000;

interface Difference {
	target: Connection;
	ahead: bigint;
	/** The same difference as the two connections had noticed it, in milliseconds. */
	roughly: number;
	/** In terms of `performance.now()`. */
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
	 * Microseconds by which the target's clock is ahead of the source's; 0 if the measured difference may be
	 * network delay, so that synchronised clocks count as equal. Measured every ten minutes, and after a
	 * clock was set.
	 */
	async to(target: Connection): Promise<bigint> {
		const source = this.#source;
		const before = this.#measured;
		const roughly = target.clockAhead - source.clockAhead;
		const isCurrent =
			before?.target === target &&
			performance.now() - before.measuredAt < trustedFor &&
			Math.abs(roughly - before.roughly) < noStep;
		if (isCurrent) return before.ahead;
		// Both at once: by the time of this machine, which drifts too.
		const [one, other] = await Promise.all([readClock(source), readClock(target)]);
		const difference = other.offset - one.offset;
		const doubt = other.doubt + one.doubt;
		const ahead = (difference < 0n ? -difference : difference) <= doubt ? 0n : difference;
		this.#measured = { target, ahead, roughly, measuredAt: performance.now() };
		return ahead;
	}
}

/** A time of the change log, in microseconds since 1970; 0 if there is none. */
export function microseconds(time: string | null): bigint {
	if (time === null) return 0n;
	const [, seconds = '', fraction = ''] = /^([^.]*)(?:\.(\d+))?$/.exec(time) ?? [];
	const milliseconds = Date.parse(`${seconds.replace(' ', 'T')}Z`);
	if (Number.isNaN(milliseconds)) return 0n;
	return BigInt(milliseconds) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}

/** The latest time that the column can store, in microseconds since 1970. */
const latest = microseconds('9999-12-31 23:59:59.999999');

/**
 * A time of the change log, shifted by microseconds. An invalid time, or one that would leave the column's
 * range, is returned unchanged: in SQL it would fail the whole batch.
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
	/** Microseconds by which the server's clock is ahead of this process's. */
	offset: bigint;
	/** Maximum error in microseconds. */
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

/** Microseconds by which a statement and its trigger may see different times. */
const resolution = 1000n;

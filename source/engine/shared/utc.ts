import type { Connection } from '../../database/connection/connection.ts';

/** Milliseconds from which on a server's clock counts as another than this machine's. */
const noticeable = 2000;

/**
 * A time in UTC as a server wrote it, as ISO 8601, in this machine's time: what is seconds ago is told as
 * seconds ago although that server's clock is an hour behind. To the second, so that a moment is told
 * the same each time.
 */
export function toIso(utc: string, connection: Pick<Connection, 'clockAhead'>): string;
export function toIso(
	utc: string | null,
	connection: Pick<Connection, 'clockAhead'>,
): string | null;
export function toIso(
	utc: string | null,
	{ clockAhead }: Pick<Connection, 'clockAhead'>,
): string | null {
	if (utc === null) return null;
	const [seconds, fraction] = [utc.slice(0, 19).replace(' ', 'T'), utc.slice(19)];
	const time = Date.parse(`${seconds}Z`);
	const off = Math.abs(clockAhead) >= noticeable && !Number.isNaN(time);
	const shift = Math.round(clockAhead / 1000) * 1000;
	return `${off ? new Date(time - shift).toISOString().slice(0, 19) : seconds}${fraction}Z`;
}

/** `2026-01-31 12:00:00.123456`, of the ISO form. */
export function plainTime(iso: string): string {
	return iso.replace('T', ' ').replace(/Z$/, '');
}

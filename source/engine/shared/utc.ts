import type { Connection } from '../../database/connection/connection.ts';

/** Milliseconds by which a server's clock must differ from this machine's to be corrected for. */
const noticeable = 2000;

/**
 * Converts a UTC time as a server wrote it to ISO 8601 by this machine's clock: an event some seconds ago is
 * shown as such even if the server's clock is an hour behind. Shifted by whole seconds, so that a time is
 * shown the same each time.
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

/** The ISO form as `2026-01-31 12:00:00.123456`. */
export function plainTime(iso: string): string {
	return iso.replace('T', ' ').replace(/Z$/, '');
}

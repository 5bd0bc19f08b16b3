/** A time in UTC as the servers write it, as ISO 8601. */
export function toIso(utc: string | null): string | null {
	return utc === null ? null : `${utc.replace(' ', 'T')}Z`;
}

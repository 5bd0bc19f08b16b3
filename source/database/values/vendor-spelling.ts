/**
 * MariaDB's spelling of values of the types that other servers store as text. It accepts other spellings too,
 * but returns its own: as a key, that would be a different row on the way back.
 */
import { isIPv4, isIPv6, SocketAddress } from 'node:net';

/** The text in MariaDB's spelling; null if it is not a value of the type. */
export function ownSpelling(type: string, text: string): string | null {
	if (type === 'uuid') return uuidSpelling(text);
	if (type === 'inet4') return inet4Spelling(text);
	return isIPv6(text) && !text.includes('%') ? inet6Spelling(text) : null;
}

function uuidSpelling(text: string): string | null {
	const digits = text.replaceAll('-', '').toLowerCase();
	const parts = /^([\da-f]{8})([\da-f]{4})([\da-f]{4})([\da-f]{4})([\da-f]{12})$/.exec(digits);
	return parts?.slice(1).join('-') ?? null;
}

/** MariaDB accepts leading zeros. */
function inet4Spelling(text: string): string | null {
	const own = text.replace(/\d+/g, (digits) => String(Number(digits)));
	return isIPv4(own) ? own : null;
}

/** MariaDB shortens a single zero too. */
function inet6Spelling(text: string): string {
	const { address } = new SocketAddress({ address: text, family: 'ipv6' });
	if (address.includes('::')) return address;
	const groups = address.split(':');
	const zero = groups.indexOf('0');
	if (zero < 0) return address;
	return `${groups.slice(0, zero).join(':')}::${groups.slice(zero + 1).join(':')}`;
}

/**
 * Makes the server refuse a key that it would spell differently, with the reason in its message.
 * @param exact true if the other side is case-sensitive
 */
export function refusableKey(type: string, text: string, exact: boolean): string {
	const own = ownSpelling(type, text);
	const same = exact ? text === own : text.toLowerCase() === own;
	if (own !== null) return same ? text : `${text}, which MariaDB spells ${own}`;
	// The server refuses it itself, or it knows a spelling that this program does not.
	return /^[\da-f:.-]+$/i.test(text)
		? `${text}, which MariaDB spells differently, if at all`
		: text;
}

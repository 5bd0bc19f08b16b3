/**
 * How MariaDB spells the values of the types that other servers keep as text. It takes other spellings
 * too, and gives its own back: as a key that would be another row's on the way back.
 */
import { isIPv4, isIPv6, SocketAddress } from 'node:net';

/** The text as MariaDB spells it; null where it is no value of the type. */
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

/** MariaDB takes zeros in front. */
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
 * Makes sure that the server refuses a key that it would spell otherwise, with the reason in its message.
 * @param exact whether the other side tells upper from lower case
 */
export function refusableKey(type: string, text: string, exact: boolean): string {
	const own = ownSpelling(type, text);
	const same = exact ? text === own : text.toLowerCase() === own;
	if (own !== null) return same ? text : `${text}, which MariaDB spells ${own}`;
	// The server refuses it by itself, or else knows a spelling that is not known here.
	return /^[\da-f:.-]+$/i.test(text)
		? `${text}, which MariaDB spells differently, if at all`
		: text;
}

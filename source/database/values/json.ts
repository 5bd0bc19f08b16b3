/**
 * Compares JSON by meaning. MySQL normalises a document (`1.10` to `1.1`, the order of keys, the last of two
 * equal keys); MariaDB keeps its text.
 */

/** True if two JSON texts have the same meaning. Texts that are not JSON are compared as they are. */
export function sameJson(one: string, other: string): boolean {
	if (one === other) return true;
	try {
		return canonical(one) === canonical(other);
	} catch {
		return false;
	}
}

/** Integers up to 64 bits are kept exactly, as on both servers; all other numbers are DOUBLEs. */
function canonical(text: string): string {
	const tagged = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) => {
		// Tagged, to distinguish a number from a string of the same digits.
		return token.startsWith('"') ? `"s${token.slice(1)}` : `"n${canonicalNumber(token)}"`;
	});
	return JSON.stringify(sortedMembers(JSON.parse(tagged)));
}

function canonicalNumber(token: string): string {
	if (/^-?\d+$/.test(token)) {
		const integer = BigInt(token);
		if (integer >= -(2n ** 63n) && integer < 2n ** 64n) return String(integer);
	}
	return String(Number(token));
}

function sortedMembers(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sortedMembers);
	if (typeof value !== 'object' || value === null) return value;
	const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
	return entries.map(([key, inner]) => [key, sortedMembers(inner)]);
}

/**
 * JSON by its meaning. MySQL writes a document anew (`1.10` as `1.1`, keys in an order of its own,
 * the last of two equal keys), MariaDB keeps its text.
 */

/** Whether two JSON texts mean the same. Texts that are no JSON are compared as they are. */
export function sameJson(one: string, other: string): boolean {
	if (one === other) return true;
	try {
		return canonical(one) === canonical(other);
	} catch {
		return false;
	}
}

/** Whole numbers up to 64 bits are kept exactly, as both servers do; all others are DOUBLEs. */
function canonical(text: string): string {
	const tagged = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) => {
		// Tagged, so that a number and a string of the same digits stay apart.
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

/** True if a change precedes another one of the same log. Ids have no leading zeros. */
export function isOlder(id: string, other: string): boolean {
	return id.length === other.length ? id < other : id.length < other.length;
}

/** Whether a change came before another one of the same log. Ids are written without leading zeros. */
export function isOlder(id: string, other: string): boolean {
	return id.length === other.length ? id < other : id.length < other.length;
}

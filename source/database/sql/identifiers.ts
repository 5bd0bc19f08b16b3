/**
 * Quotes the name of a schema, table, column, index or trigger. The only way
 * for a name to get into a statement.
 */
export function quoteName(name: string): string {
	return `\`${name.replaceAll('`', '``')}\``;
}

/** A comma-separated list of quoted names. */
export function quoteNames(names: readonly string[]): string {
	return names.map(quoteName).join(', ');
}

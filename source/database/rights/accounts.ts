/**
 * `'user'@'host'` for an account as CURRENT_USER() and the catalogue write it. Quotes are doubled, because a
 * user's session may have backslash escapes off.
 */
export function quoteAccount(account: string): string {
	const at = account.lastIndexOf('@');
	const quote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
	return `${quote(account.slice(0, at))}@${quote(account.slice(at + 1))}`;
}

/** Collations and character sets that the other server has in the place of those that it lacks. */

/** Whether a server has a collation, by its full name, and a character set. */
export interface KnownCollations {
	collations: ReadonlySet<string>;
	characterSets: ReadonlySet<string>;
}

/** The collation itself where the server has it, or the nearest that it has; null where there is none. */
export function nearestCollation(
	collation: string,
	{ collations }: KnownCollations,
): string | null {
	return candidates(collation.toLowerCase()).find((name) => collations.has(name)) ?? null;
}

function candidates(collation: string): string[] {
	const [characterSet = ''] = collation.split('_', 1);
	const sensitive = /_(ai|as)_(ci|cs)$/.exec(collation);
	const accents = sensitive?.[1] ?? 'ai';
	const cases = sensitive?.[2] ?? 'ci';
	// Neither server has one that tells case and not accents under both kinds of names.
	const strict = accents === 'as' || cases === 'cs' ? `as_${cases}` : 'ai_ci';
	const found = [collation];
	if (collation.endsWith('_0900_bin')) found.push(`${characterSet}_nopad_bin`);
	else if (collation.endsWith('_nopad_bin')) found.push(`${characterSet}_0900_bin`);
	else if (/_0900_/.test(collation)) {
		found.push(
			`${characterSet}_uca1400_nopad_${accents}_${cases}`,
			...(cases === 'cs' ? [`${characterSet}_bin`] : []),
			`${characterSet}_unicode_520_nopad_ci`,
		);
	} else if (/_uca1400_/.test(collation)) found.push(`${characterSet}_0900_${strict}`);
	found.push(collation.replace('_nopad', ''));
	if (collation.endsWith('_bin')) found.push(`${characterSet}_bin`);
	return [...found, `${characterSet}_unicode_520_ci`, `${characterSet}_general_ci`];
}

/** Substitutes for collations and character sets that the other server lacks. */

/** The full names of a server's collations, and its character sets. */
export interface KnownCollations {
	collations: ReadonlySet<string>;
	characterSets: ReadonlySet<string>;
}

/** The collation itself if the server has it, else the nearest that it has; null if there is none. */
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
	// Neither server has a case-sensitive, accent-insensitive collation under both naming schemes.
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

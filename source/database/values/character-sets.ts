/**
 * Character sets whose every character comes through utf8mb4 unharmed. The enumeration of all
 * characters found in each of the others some that share a code point, or that have none and are
 * then read as `?`.
 */
const unharmed = new Set(
	`utf8 utf8mb3 utf8mb4 utf16 utf16le gb18030 latin1 latin2 latin5 latin7 cp850 cp852 cp866 keybcs2
	koi8r koi8u macce macroman`.split(/\s+/),
);

/** Harmed are stray bytes alone that MySQL refuses: halves of a pair, and bytes beyond ASCII. */
const unharmedButStray = new Set(['ascii', 'ucs2', 'utf32']);

/** Whether a value of the character set can be read as text without a loss. */
export function survivesAsText(characterSet: string): boolean {
	return unharmed.has(characterSet);
}

/** Whether a key of the character set can stand in the change log as text, and not as its bytes. */
export function keepsKeysAsText(characterSet: string): boolean {
	return unharmed.has(characterSet) || unharmedButStray.has(characterSet);
}

const everyCharacter = new Set(['utf8mb4', 'utf16', 'utf16le', 'utf32', 'gb18030']);
const plainCharacters = new Set(['utf8mb3', 'ucs2']);

/**
 * What becomes of texts of one character set in another: all arrive `whole`, those with characters
 * that it lacks are `refused`, or some are `changed`, because they do not survive as text.
 */
export function holdsEveryCharacter(
	from: string | null,
	to: string | null,
): 'whole' | 'refused' | 'changed' {
	const [source, target] = [from, to].map((name) => (name === 'utf8' ? 'utf8mb3' : name));
	if (!source || !target || source === target) return 'whole';
	if (!keepsKeysAsText(source)) return 'changed';
	if (everyCharacter.has(target) || source === 'ascii') return 'whole';
	return plainCharacters.has(target) && !everyCharacter.has(source) ? 'whole' : 'refused';
}

/** Encodings as TextDecoder calls them, of the character sets whose keys are kept as bytes. */
const encodings: Record<string, string> = {
	big5: 'big5',
	cp1250: 'windows-1250',
	cp1251: 'windows-1251',
	cp1256: 'windows-1256',
	cp1257: 'windows-1257',
	cp932: 'shift_jis',
	sjis: 'shift_jis',
	eucjpms: 'euc-jp',
	ujis: 'euc-jp',
	euckr: 'euc-kr',
	gb2312: 'gbk',
	gbk: 'gbk',
	greek: 'iso-8859-7',
	hebrew: 'iso-8859-8',
	tis620: 'windows-874',
};

/** Bytes of a character set as a person reads them, or null where that is not known. */
export function decode(bytes: Buffer, characterSet: string): string | null {
	const encoding = encodings[characterSet];
	return encoding === undefined ? null : new TextDecoder(encoding).decode(bytes);
}

/** Whether a column holds text, which a collation compares. */
export function isText({ type }: { type: string }): boolean {
	return /char$|text$/.test(type);
}

/** Whether two collations may call different texts equal, or the same ones different. */
export function compareDifferently(one: string, other: string): boolean {
	const name = (collation: string) => collation.replace(/^utf8_/, 'utf8mb3_');
	if (name(one) === name(other)) return false;
	// They compare code points, but some pad with spaces first and some do not.
	const isPlainBinary = (collation: string) => /_bin$/.test(collation) && isPortable(collation);
	return !(isPlainBinary(one) && isPlainBinary(other));
}

/** Whether MariaDB and MySQL both have the collation. */
export function isPortable(collation: string): boolean {
	return !/_0900_|_uca1400_|_nopad_/.test(collation);
}

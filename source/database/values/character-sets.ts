/**
 * Character sets whose characters all survive a conversion through utf8mb4. An enumeration of all characters
 * found, in each of the others, some that share a code point, or have none and are read as `?`.
 */
const unharmed = new Set(
	`utf8 utf8mb3 utf8mb4 utf16 utf16le gb18030 latin1 latin2 latin5 latin7 cp850 cp852 cp866 keybcs2
	koi8r koi8u macce macroman`.split(/\s+/),
);

/** Only stray bytes that MySQL refuses do not survive: halves of a pair, and bytes outside ASCII. */
const unharmedButStray = new Set(['ascii', 'ucs2', 'utf32']);

/** True if values of the character set can be read as text without loss. */
export function survivesAsText(characterSet: string): boolean {
	return unharmed.has(characterSet);
}

/** True if keys of the character set can be stored in the change log as text instead of bytes. */
export function keepsKeysAsText(characterSet: string): boolean {
	return unharmed.has(characterSet) || unharmedButStray.has(characterSet);
}

const everyCharacter = new Set(['utf8mb4', 'utf16', 'utf16le', 'utf32', 'gb18030']);
const plainCharacters = new Set(['utf8mb3', 'ucs2']);

/**
 * What happens to texts of one character set in another: all arrive `whole`, those with unsupported
 * characters are `refused`, or some are `changed` because they do not survive as text.
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

/** TextDecoder's encodings for the character sets whose keys are stored as bytes. */
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

/** Bytes of a character set as text; null if the encoding is unknown. */
export function decode(bytes: Buffer, characterSet: string): string | null {
	const encoding = encodings[characterSet];
	return encoding === undefined ? null : new TextDecoder(encoding).decode(bytes);
}

/** True if a column contains text, which is compared by a collation. */
export function isText({ type }: { type: string }): boolean {
	return /char$|text$/.test(type);
}

/** True if two collations may disagree on which texts are equal. */
export function compareDifferently(one: string, other: string): boolean {
	const name = (collation: string) => collation.replace(/^utf8_/, 'utf8mb3_');
	if (name(one) === name(other)) return false;
	// They compare code points, but only some pad with spaces first.
	const isPlainBinary = (collation: string) => /_bin$/.test(collation) && isPortable(collation);
	return !(isPlainBinary(one) && isPlainBinary(other));
}

/** True if both MariaDB and MySQL have the collation. */
export function isPortable(collation: string): boolean {
	return !/_0900_|_uca1400_|_nopad_/.test(collation);
}

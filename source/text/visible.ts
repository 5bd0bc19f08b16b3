/**
 * Makes text from outside (a database, a server, a configuration, the command line) safe to print.
 * Nothing in it can move the cursor, change colours, write to the clipboard (OSC 52), start a new line,
 * reorder the line (bidi controls) or be invisible.
 */

/** Start of the control pictures, so that a tab in a table's name is visible. */
const firstControlPicture = 0x2400;
const deleteSymbol = '\u2421';
const substitute = '\u2426';

// Controls, line breaks and invisible characters (zero-width, bidi, tags). The zero-width joiner (200D) and
// the variation selectors (FE0x) are kept: emoji consist of them.
const unsafe =
	/(?!\u200d|[\ufe00-\ufe0f])[\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;
/** Characters that act when pasted. Unlike `unsafe` it keeps those that a script's spelling needs. */
const acting = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
const loneSurrogate = /\p{Cs}/gu;
/**
 * Like `unsafe`, but keeps line breaks: between the parts of a JSON document
 * they are formatting, and its strings contain none.
 */
const unsafeInJson = new RegExp(`(?!\\n)${unsafe.source}`, 'gu');
const harmlessAscii = /^[\x20-\x7e]*$/;
// More combining marks than any script uses would cover the rows above and below.
const pileOfMarks = /(\p{Mn}{4})\p{Mn}+/gu;

function visibleSign(character: string): string {
	const code = character.codePointAt(0) ?? 0;
	if (code < 0x20) return String.fromCodePoint(firstControlPicture + code);
	return code === 0x7f ? deleteSymbol : substitute;
}

/** Replaces everything that could control the terminal with a visible, harmless character. */
export function visible(text: string): string {
	if (harmlessAscii.test(text)) return text;
	return text
		.replace(loneSurrogate, '\ufffd')
		.replace(unsafe, visibleSign)
		.replace(pileOfMarks, '$1');
}

/** Makes text safe to paste into a shell or a client, where a line break or an escape would act. */
export function pasteable(text: string): string {
	return text.replace(loneSurrogate, '\ufffd').replace(acting, visibleSign);
}

/**
 * JSON that is safe to print and parses back to exactly the same value: characters that `visible` would
 * replace are escaped. (JSON.stringify only escapes U+0000 to U+001F and lone surrogates.)
 * @param indent spaces per level; none puts everything on one line
 */
export function printableJson(value: unknown, indent?: number): string {
	return JSON.stringify(value, null, indent).replace(unsafeInJson, (character) =>
		// By UTF-16 units: JSON writes characters beyond U+FFFF as a pair.
		character
			.split('')
			.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
			.join(''),
	);
}

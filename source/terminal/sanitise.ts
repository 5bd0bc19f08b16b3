/**
 * Makes a string that came from a database, a server or a configuration safe to print: nothing in
 * it may move the cursor, change colours, write to the clipboard (OSC 52), reorder the line (bidi
 * controls) or hide from the eye. Ink 6.8 passes all of these through.
 */

/** A control picture, so that a tab in a table's name is seen to be one. */
const firstControlPicture = 0x2400;
const deleteSymbol = '\u2421';
const substitute = '\u2426';

// Controls, line breaks, and whatever is invisible (zero-width, bidi, tags). The zero-width joiner
// (200D) and the variation selectors (FE0x) stay: emoji are made of them.
const unsafe =
	/(?!\u200d|[\ufe00-\ufe0f])[\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;
const loneSurrogate = /\p{Cs}/gu;
const printableAscii = /^[\x20-\x7e]*$/;
// More marks than any script stacks on one letter would smear over the rows above and below.
const pileOfMarks = /(\p{Mn}{4})\p{Mn}+/gu;

function replacement(character: string): string {
	const code = character.codePointAt(0) ?? 0;
	if (code < 0x20) return String.fromCodePoint(firstControlPicture + code);
	return code === 0x7f ? deleteSymbol : substitute;
}

/** The text with everything that could steer the terminal replaced by a visible, harmless sign. */
export function visible(text: string): string {
	if (printableAscii.test(text)) return text;
	return text
		.replace(loneSurrogate, '\ufffd')
		.replace(unsafe, replacement)
		.replace(pileOfMarks, '$1');
}

/**
 * Makes text from outside (a database, a server, a configuration, the command line) safe to print:
 * nothing in it may move the cursor, change colours, write to the clipboard (OSC 52), begin a line of
 * its own, reorder the line (bidi controls) or hide from the eye.
 */

/** A control picture, so that a tab in a table's name is seen to be one. */
const firstControlPicture = 0x2400;
const deleteSymbol = '\u2421';
const substitute = '\u2426';

// Controls, line breaks, and whatever is invisible (zero-width, bidi, tags). The zero-width joiner
// (200D) and the variation selectors (FE0x) stay: emoji are made of them.
const unsafe =
	/(?!\u200d|[\ufe00-\ufe0f])[\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;
/** What acts on whoever pastes it; unlike `unsafe` it leaves what belongs to a script's spelling. */
const acting = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
const loneSurrogate = /\p{Cs}/gu;
/** The same but for the line breaks between a document's own parts: inside its strings there are none. */
const unsafeInJson = new RegExp(`(?!\\n)${unsafe.source}`, 'gu');
const harmlessAscii = /^[\x20-\x7e]*$/;
// More marks than any script stacks on one letter would smear over the rows above and below.
const pileOfMarks = /(\p{Mn}{4})\p{Mn}+/gu;

function visibleSign(character: string): string {
	const code = character.codePointAt(0) ?? 0;
	if (code < 0x20) return String.fromCodePoint(firstControlPicture + code);
	return code === 0x7f ? deleteSymbol : substitute;
}

/** The text with everything that could steer the terminal replaced by a visible, harmless sign. */
export function visible(text: string): string {
	if (harmlessAscii.test(text)) return text;
	return text
		.replace(loneSurrogate, '\ufffd')
		.replace(unsafe, visibleSign)
		.replace(pileOfMarks, '$1');
}

/** The text fit to be pasted into a shell or a client: a line break or an escape in it would act there. */
export function pasteable(text: string): string {
	return text.replace(loneSurrogate, '\ufffd').replace(acting, visibleSign);
}

/**
 * JSON that is safe to print and parses back to exactly the same: what `visible` would replace is
 * escaped. (JSON.stringify escapes U+0000 to U+001F and lone surrogates, and nothing else.)
 * @param indent spaces of one level; none puts everything on one line
 */
export function printableJson(value: unknown, indent?: number): string {
	return JSON.stringify(value, null, indent).replace(unsafeInJson, (character) =>
		// By UTF-16 units: JSON writes what is beyond U+FFFF as a pair.
		character
			.split('')
			.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
			.join(''),
	);
}

/** Replaces control characters with blanks: names in a message may contain line breaks. */
export function oneLine(text: string): string {
	return text.replace(/\p{Cc}+/gu, ' ');
}

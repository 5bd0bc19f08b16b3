/** Text with a blank for every control character: names in a reason may have line breaks in them. */
export function oneLine(text: string): string {
	return text.replace(/\p{Cc}+/gu, ' ');
}

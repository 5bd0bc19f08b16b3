/** Bytes in a definition that are not text: MariaDB shows the default of a BINARY as it is. */
import { isUtf8 } from 'node:buffer';

/** Start of the code points for bytes that are not text: lone surrogates, which no text contains. */
const firstRaw = 0xdc00;
const longestCharacter = 4;

/** The text of a definition, with each stray byte as one character that `bytesIn` recognises. */
export function withRawBytes(bytes: Buffer): string {
	let text = '';
	for (let place = 0; place < bytes.length; ) {
		let length = 1;
		while (length <= longestCharacter && !isUtf8(bytes.subarray(place, place + length)))
			length += 1;
		if (length > longestCharacter) {
			text += String.fromCharCode(firstRaw + (bytes[place] ?? 0));
			place += 1;
		} else {
			text += bytes.subarray(place, place + length).toString();
			place += length;
		}
	}
	return text;
}

/** The bytes of such a text. */
export function bytesIn(text: string): Buffer {
	return Buffer.concat(
		[...text].map((character) => {
			const raw = character.charCodeAt(0) - firstRaw;
			return character.length === 1 && raw >= 0 && raw <= 0xff
				? Buffer.from([raw])
				: Buffer.from(character);
		}),
	);
}

import type { Side } from '../../config/types.ts';

/** The id of a record: the side where it is stored and its number there, such as `L12` or `C3`. */
export function toSideId(side: Side, number: string): string {
	return `${side === 'local' ? 'L' : 'C'}${number}`;
}

/** Parses the id of a record; null if it is invalid. */
export function fromSideId(id: string): { side: Side; number: string } | null {
	const [, letter, number] = /^([LC])(\d{1,20})$/i.exec(id) ?? [];
	if (letter === undefined || number === undefined) return null;
	return { side: letter.toUpperCase() === 'L' ? 'local' : 'cloud', number };
}

export function otherSide(side: Side): Side {
	return side === 'local' ? 'cloud' : 'local';
}

import type { Side } from '../../config/types.ts';

/** What is on record at either end is named by that end and the number there: `L12`, `C3`. */
export function toSideId(side: Side, number: string): string {
	return `${side === 'local' ? 'L' : 'C'}${number}`;
}

/** Null for what is no such name. */
export function fromSideId(id: string): { side: Side; number: string } | null {
	const [, letter, number] = /^([LC])(\d{1,20})$/i.exec(id) ?? [];
	if (letter === undefined || number === undefined) return null;
	return { side: letter.toUpperCase() === 'L' ? 'local' : 'cloud', number };
}

export function otherSide(side: Side): Side {
	return side === 'local' ? 'cloud' : 'local';
}

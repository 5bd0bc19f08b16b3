/**
 * Checks that the parts of a row key are possible values of their columns. The servers react differently to a
 * key that is not: one finds no row, the other refuses the whole statement.
 */
import { SyncError } from '../../errors.ts';
import type { Column } from '../catalogue/catalogue.ts';
import { isText, keepsKeysAsText } from '../values/character-sets.ts';
import { parseRowKey, type RowKey } from './row-key.ts';

/** Most characters of a row key in the change log. */
export const longestRowKey = 6400;

/** Most characters of a value in a message. */
const toldCharacters = 60;

/** Truncates a text for a message. */
export function shortened(text: string): string {
	const characters = [...text];
	return characters.length > toldCharacters
		? `${characters.slice(0, toldCharacters).join('')}…`
		: text;
}

/** Bits of the integer types. */
const bitsOf: Record<string, bigint> = {
	tinyint: 8n,
	smallint: 16n,
	mediumint: 24n,
	int: 32n,
	bigint: 64n,
};

const day = '\\d{4}-(0\\d|1[0-2])-([0-2]\\d|3[01])';
const clock = '[0-5]\\d:[0-5]\\d(\\.\\d{1,6})?';

const patterns: Record<string, RegExp> = {
	decimal: /^-?\d+(\.\d+)?$/,
	year: /^\d{1,4}$/,
	date: new RegExp(`^${day}$`),
	datetime: new RegExp(`^${day} ([01]\\d|2[0-3]):${clock}$`),
	time: new RegExp(`^-?\\d{2,3}:${clock}$`),
	timestamp: /^\d{1,10}(\.\d{1,6})?$/,
	uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
	inet4: /^\d{1,3}(\.\d{1,3}){3}$/,
	inet6: /^[0-9a-f:.]+$/i,
};

/**
 * Parses a row key of the change log, and verifies that rows can be looked up by it.
 * @throws SyncError `refused` if it is not a key of the table
 */
export function readableRowKey(rowKey: string | null, key: readonly Column[]): RowKey {
	const parts = parseRowKey(rowKey, key);
	for (const [index, column] of key.entries()) {
		const bytes = parts[index] ?? Buffer.of();
		if (!isValueOf(bytes, column)) {
			throw new SyncError(
				'refused',
				`the change log holds a row key that is not a valid value of ${column.name} (${column.fullType}): ${shortened(bytes.toString('utf8'))}`,
			);
		}
	}
	const length = parts.reduce((sum, part) => sum + 2 + part.length * 2, -1);
	if (length <= longestRowKey) return parts;
	throw new SyncError(
		'refused',
		`the change log holds a row key that is too long: ${length} characters`,
	);
}

function isValueOf(bytes: Buffer, column: Column): boolean {
	const { type, fullType } = column;
	if (isText(column)) {
		const { characterSet } = column;
		return (characterSet !== null && !keepsKeysAsText(characterSet)) || isStored(bytes);
	}
	if (type === 'bit') return bytes.length > 0 && bytes.length <= 8;
	if (/binary$|blob$/.test(type)) return true;
	if (!isUtf8(bytes)) return false;
	const text = bytes.toString('utf8');
	const bits = bitsOf[type];
	if (bits !== undefined) return isInteger(text, bits, fullType.includes('unsigned'));
	return patterns[type]?.test(text) ?? true;
}

/** True if a server may store the bytes as text: MariaDB stores UTF-8 with lone surrogates. */
function isStored(bytes: Buffer): boolean {
	if (isUtf8(bytes)) return true;
	const paired = bytes.toString('latin1').replace(/\xed[\xa0-\xbf][\x80-\xbf]/g, '-');
	return isUtf8(Buffer.from(paired, 'latin1'));
}

function isUtf8(bytes: Buffer): boolean {
	return bytes.equals(Buffer.from(bytes.toString('utf8')));
}

function isInteger(text: string, bits: bigint, isUnsigned: boolean): boolean {
	if (!/^-?\d{1,40}$/.test(text)) return false;
	const value = BigInt(text);
	const [least, most] = isUnsigned
		? [0n, 2n ** bits - 1n]
		: [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
	return value >= least && value <= most;
}

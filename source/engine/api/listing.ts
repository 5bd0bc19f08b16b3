/** The part of a long list of pending changes that the engine lists for a screen. */

import { type Direction, directions } from '../../config/types.ts';

export { isOlder } from '../../changelog/log/change-id.ts';

/** Most pending changes listed per direction of a watched pair. */
export const listedChanges = 400;

/** The position of a page of changes: at an end of the log, or around a change, given by its id. */
export type Anchor = 'oldest' | 'newest' | `${bigint}`;

export interface PageRequest {
	anchor: Anchor;
	/** Only changes whose table name, operation or origin contains each of these words, ignoring case. */
	words: readonly string[];
}

/** The pending changes of a pair that a screen requests. */
export interface Listing {
	/** The only table whose changes are listed, or null for all. */
	table: string | null;
	pages: Record<Direction, PageRequest>;
}

/** The listed part of the pending changes of a direction. */
export interface ChangesPage extends PageRequest {
	/** The number of requested changes older and newer than the listed ones. */
	older: number;
	newer: number;
}

const oldestPage: PageRequest = { anchor: 'oldest', words: [] };

export function listingOf({ table = null, pages = {} }: PartialListing = {}): Listing {
	const { local_to_cloud = oldestPage, cloud_to_local = oldestPage } = pages;
	return { table, pages: { local_to_cloud, cloud_to_local } };
}

/** A listing; by default the oldest changes of all tables. */
export interface PartialListing {
	table?: string | null;
	pages?: Partial<Listing['pages']>;
}

/** The operations of a log. */
export const listedOperations: readonly string[] = ['INSERT', 'UPDATE', 'DELETE'];

/** The words that occur in the names of tables or operations. */
export function wordsInNames(words: readonly string[], tables: readonly string[]): string[] {
	const names = [...listedOperations, ...tables].map((name) => name.toLowerCase());
	return words.filter((word) => names.some((name) => name.includes(word.toLowerCase())));
}

export function isSamePage(one: PageRequest, other: PageRequest): boolean {
	return one.anchor === other.anchor && one.words.join(' ') === other.words.join(' ');
}

export function isSameListing(one: Listing, other: Listing): boolean {
	return (
		one.table === other.table &&
		directions.every((direction) => isSamePage(one.pages[direction], other.pages[direction]))
	);
}

/** The pages before anything was read. */
export function emptyPages(): Record<Direction, ChangesPage> {
	const page = { ...oldestPage, older: 0, newer: 0 };
	return { local_to_cloud: page, cloud_to_local: page };
}

/**
 * The anchor of a page around a change.
 * @throws SyntaxError if the id is invalid
 */
export function around(id: string): Anchor {
	return `${BigInt(id)}`;
}

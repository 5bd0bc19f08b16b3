/** Which part of a long list of pending changes a screen has the engine list. */

import { type Direction, directions } from '../../config/types.ts';

export { isOlder } from '../../changelog/log/change-id.ts';

/** How many pending changes per direction a watched pair lists. */
export const listedChanges = 400;

/** Where a page of changes stands: at an end of the log, or around a change, given by its id. */
export type Anchor = 'oldest' | 'newest' | `${bigint}`;

export interface PageRequest {
	anchor: Anchor;
	/** Only changes in whose table's name, operation or origin each of these words occurs, whatever the case. */
	words: readonly string[];
}

/** What a screen wants of the pending changes of a pair. */
export interface Listing {
	/** The only table whose changes are listed, or null for all. */
	table: string | null;
	pages: Record<Direction, PageRequest>;
}

/** Which of the pending changes of a direction are listed. */
export interface ChangesPage extends PageRequest {
	/** How many of those that were asked for are older than the listed ones, and how many newer. */
	older: number;
	newer: number;
}

const oldestPage: PageRequest = { anchor: 'oldest', words: [] };

export function listingOf({ table = null, pages = {} }: PartialListing = {}): Listing {
	const { local_to_cloud = oldestPage, cloud_to_local = oldestPage } = pages;
	return { table, pages: { local_to_cloud, cloud_to_local } };
}

/** The oldest changes of all tables, but for what is said. */
export interface PartialListing {
	table?: string | null;
	pages?: Partial<Listing['pages']>;
}

/** The operations that a log knows. */
export const listedOperations: readonly string[] = ['INSERT', 'UPDATE', 'DELETE'];

/** The words that occur in names: of tables, or of operations. */
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

/** What is listed before anything was read. */
export function emptyPages(): Record<Direction, ChangesPage> {
	const page = { ...oldestPage, older: 0, newer: 0 };
	return { local_to_cloud: page, cloud_to_local: page };
}

/** The anchor of a page around a change. @throws SyntaxError if it is no id */
export function around(id: string): Anchor {
	return `${BigInt(id)}`;
}

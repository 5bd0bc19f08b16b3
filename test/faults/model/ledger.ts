/** Every version of every row that an application has committed, and what each took the place of. */
import type { Side } from '../../../source/config/types.ts';

/** One version of a row: a row with its stamp, or its deletion. */
export interface Version {
	/** No two versions share one. */
	stamp: number;
	side: Side;
	/** The row: its table and key. */
	row: string;
	deleted: boolean;
	/** Stamps of the versions that the application saw in its place. */
	before: readonly number[];
}

/** A version in a conflict on record: what a side had of a row; null for a deleted one. */
export interface OnRecord {
	row: string;
	side: Side;
	stamp: number | null;
}

export class Ledger {
	readonly #versions = new Map<number, Version>();
	#last = 0;

	/** A stamp for a version that is about to be written. */
	nextStamp(): number {
		this.#last += 1;
		return this.#last;
	}

	/** Enters versions whose transaction was committed. */
	enter(versions: readonly Version[]): void {
		for (const version of versions) this.#versions.set(version.stamp, version);
	}

	get size(): number {
		return this.#versions.size;
	}

	/** What an application saw that found no row: whoever has deleted it, that was seen. */
	absence(row: string): number[] {
		return [...this.#deletions(row)].map(({ stamp }) => stamp);
	}

	/**
	 * The versions that are gone without a trace: they neither stand, nor are on record, nor were they
	 * seen by an application that wrote a version which stands or is on record.
	 * @param standing stamps of the rows that both sides have, by row
	 */
	lost(standing: ReadonlyMap<string, number>, record: readonly OnRecord[]): Version[] {
		const known = new Set<number>();
		const pending = [...standing.values()];
		for (const { row, deleted, stamp } of this.#versions.values()) {
			if (deleted && !standing.has(row)) pending.push(stamp);
		}
		for (const { row, side, stamp } of record) {
			if (stamp !== null) pending.push(stamp);
			else for (const deletion of this.#deletions(row, side)) pending.push(deletion.stamp);
		}
		for (let stamp = pending.pop(); stamp !== undefined; stamp = pending.pop()) {
			if (known.has(stamp)) continue;
			known.add(stamp);
			pending.push(...(this.#versions.get(stamp)?.before ?? []));
		}
		return [...this.#versions.values()].filter(({ stamp }) => !known.has(stamp));
	}

	*#deletions(row: string, side?: Side): Generator<Version> {
		for (const version of this.#versions.values()) {
			if (version.deleted && version.row === row && (!side || version.side === side)) yield version;
		}
	}
}

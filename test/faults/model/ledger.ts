/** Every version of every row that an application has committed, and what each took the place of. */
/** One version of a row: a row with its stamp, or its deletion. */
export interface Version {
	/** No two versions share one. */
	stamp: number;
	/** Where it was written. */
	node: string;
	/** The row: its table and key. */
	row: string;
	deleted: boolean;
	/** Stamps of the versions that the application saw in its place. */
	before: readonly number[];
}

/** A version in a conflict on record. */
export interface OnRecord {
	row: string;
	/** Null for a deleted row. */
	stamp: number | null;
	/** Nodes one of which has deleted it then. */
	nodes: readonly string[];
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
	 * seen by an application that wrote a version which stands or is on record. A row that two sites
	 * have deleted, neither knowing of the other, was deleted: either deletion stands for both.
	 * @param standing stamps of the rows that both sides have, by row
	 */
	lost(standing: ReadonlyMap<string, number>, record: readonly OnRecord[]): Version[] {
		const known = new Set<number>();
		for (const stamp of standing.values()) this.#trace(stamp, known);
		for (const { row, deleted, stamp } of this.#versions.values()) {
			if (deleted && !standing.has(row)) this.#trace(stamp, known);
		}
		for (const { row, stamp, nodes } of record) {
			if (stamp !== null) this.#trace(stamp, known);
			else for (const deletion of this.#deletions(row, nodes)) this.#trace(deletion.stamp, known);
		}
		for (const version of this.#versions.values()) {
			if (this.#wasMadeTwice(version, known)) this.#trace(version.stamp, known);
		}
		return [...this.#versions.values()].filter(({ stamp }) => !known.has(stamp));
	}

	/** Whether a known deletion of the row was made beside this one: the same change is no conflict. */
	#wasMadeTwice({ row, deleted, stamp }: Version, known: ReadonlySet<number>): boolean {
		if (!deleted) return false;
		const seen = new Set<number>();
		this.#trace(stamp, seen);
		return [...this.#deletions(row)].some(
			(other) => known.has(other.stamp) && !seen.has(other.stamp),
		);
	}

	/** Adds a version, and all that it took the place of. */
	#trace(from: number, found: Set<number>): void {
		const pending = [from];
		for (let stamp = pending.pop(); stamp !== undefined; stamp = pending.pop()) {
			if (found.has(stamp)) continue;
			found.add(stamp);
			pending.push(...(this.#versions.get(stamp)?.before ?? []));
		}
	}

	*#deletions(row: string, nodes?: readonly string[]): Generator<Version> {
		for (const version of this.#versions.values()) {
			const { deleted, node } = version;
			if (deleted && version.row === row && (nodes?.includes(node) ?? true)) yield version;
		}
	}
}

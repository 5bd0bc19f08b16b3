/** The session variable that tells triggers who is writing. */
import type { Connection } from '../../database/connection/connection.ts';
import { loopMarker } from '../../database/connection/session.ts';
import { rawSql, type Sql, sql } from '../../database/sql/sql.ts';

/** No table has this tag. */
const unknown = '?';

/** The loop marker of one session, set only if it changes. */
export class LoopMarker {
	readonly #connection: Connection;
	/** A session starts with the empty marker, which silences all triggers. */
	#tag: string | null = '';

	constructor(connection: Connection) {
		this.#connection = connection;
	}

	/** @param tag the tag of the table to be written; null if triggers are to capture everything */
	async set(tag: string | null): Promise<void> {
		if (this.#tag === tag) return;
		await this.#connection.run(loopMarkerSql(tag));
		this.#tag = tag;
	}

	/** Forgets the value, after a failed packet of statements that may have changed it. */
	invalidate(): void {
		this.#tag = unknown;
	}

	/** Runs work whose writes are captured like those of an application. */
	async asApplication<T>(work: () => Promise<T>): Promise<T> {
		await this.set(null);
		try {
			return await work();
		} finally {
			if (!this.#connection.lost) await this.set('');
		}
	}
}

/** The statement that sets the marker. */
export function loopMarkerSql(tag: string | null): Sql {
	return sql`SET ${rawSql(loopMarker)} = ${tag}`;
}

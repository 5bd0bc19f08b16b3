/** The session variable by which the triggers of a database tell who writes. */
import type { Connection } from '../../database/connection/connection.ts';
import { loopMarker } from '../../database/connection/session.ts';
import { rawSql, type Sql, sql } from '../../database/sql/sql.ts';

/** No table has this tag. */
const unknown = '?';

/** The loop marker of one session, set only where it has to change. */
export class LoopMarker {
	readonly #connection: Connection;
	/** A session begins with the empty marker, which silences all triggers. */
	#tag: string | null = '';

	constructor(connection: Connection) {
		this.#connection = connection;
	}

	/** @param tag of the table that is about to be written; null where triggers are to capture everything */
	async set(tag: string | null): Promise<void> {
		if (this.#tag === tag) return;
		await this.#connection.run(loopMarkerSql(tag));
		this.#tag = tag;
	}

	/** Forgets the value, after a packet of statements failed that may have changed it. */
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

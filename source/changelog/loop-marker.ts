/** What the loop marker of a connection holds: by it the triggers tell who writes. */
import type { Connection } from '../database/connection/connection.ts';
import { loopMarker } from '../database/connection/session.ts';
import { quoteString } from '../database/sql/literals.ts';

/** A session begins with the empty one, which silences all triggers. */
const markers = new WeakMap<Connection, string | null>();

/** @param tag of the table that is about to be written; null where triggers are to capture everything */
export async function setLoopMarker(connection: Connection, tag: string | null): Promise<void> {
	const known = markers.get(connection);
	if ((known === undefined ? '' : known) === tag) return;
	await connection.run(loopMarkerSql(tag));
	markers.set(connection, tag);
}

/** The statement that sets it. */
export function loopMarkerSql(tag: string | null): string {
	return `SET ${loopMarker} = ${tag === null ? 'NULL' : quoteString(tag)}`;
}

/** What no table has as its tag. */
const unknown = '?';

/** After statements that may or may not have set it. */
export function doubtLoopMarker(connection: Connection): void {
	markers.set(connection, unknown);
}

/** Runs work whose writes are captured like those of an application. */
export async function asApplication<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
	await setLoopMarker(connection, null);
	try {
		return await work();
	} finally {
		if (!connection.lost) await setLoopMarker(connection, '');
	}
}

import { type Column, readColumns } from '../database/catalogue.ts';
import type { Connection } from '../database/connection.ts';
import { isWholeTableError } from '../database/errors.ts';
import type { TrackedTable } from '../database/tracked-table.ts';
import { asSyncError, SyncError } from '../errors.ts';

/**
 * Refuses to go on with tables whose columns or keys have changed since they were paired: rows read
 * or written by the old definition would lose values without an error. Asked in the transaction that
 * has read or written them: its metadata lock keeps the definition as it is from then on.
 * @throws SyncError `drifted` that names the table and the column
 */
export async function refuseDrifted(
	connection: Connection,
	tables: Iterable<TrackedTable>,
): Promise<void> {
	const paired = new Map([...tables].map((table) => [table.name, table]));
	if (paired.size === 0) return;
	const found = await readColumns(connection, [...paired.keys()]);
	for (const [name, { columns }] of paired) {
		const changed = changedColumn(columns, found.get(name) ?? []);
		if (changed === null) continue;
		throw new SyncError('drifted', `its column ${changed} is not as it was when the run began`, {
			side: connection.end.side,
			table: name,
			hint: 'Nothing of the batch was carried over; the next run looks at the table anew.',
		});
	}
}

/** Turns what a server says of a column or table that is gone into `drifted`, and throws it. */
export function asDrifted({ name }: TrackedTable): (thrown: unknown) => never {
	return (thrown) => {
		const error = asSyncError(thrown).at({ table: name });
		if (!isWholeTableError(error)) throw error;
		throw new SyncError('drifted', error.message, {
			...error.place,
			errno: error.errno,
			hint: error.hint ?? 'The next run looks at the table anew.',
			cause: error,
		});
	};
}

function changedColumn(before: readonly Column[], now: readonly Column[]): string | null {
	const names = new Set([...before, ...now].map(({ name }) => name));
	for (const name of names) {
		const [one, other] = [before, now].map((columns) => columns.find((it) => it.name === name));
		if (!one || !other || definitionOf(one) !== definitionOf(other)) return name;
	}
	return null;
}

function definitionOf(column: Column): string {
	const { fullType, nullable, characterSet, collation, generated, inKey } = column;
	return JSON.stringify([fullType, nullable, characterSet, collation, generated, inKey]);
}

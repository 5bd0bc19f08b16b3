/** The tables that a run excludes, and the rows of other tables that wait for theirs. */

import { isReferredToBy } from '../database/catalogue/referrers.ts';
import { isForeignKeyError } from '../database/connection/errors.ts';
import { asSyncError, type SyncError } from '../errors.ts';
import type { Finding } from '../text/finding.ts';
import { transferFinding } from './attempt/messages.ts';
import { RefusedTable } from './attempt/signals.ts';
import type { LeftChange } from './batch.ts';
import type { Route } from './rows/route.ts';

export class ExcludedTables {
	/** The tables to transfer, by the source's name. */
	readonly routes: Map<string, Route>;
	/** Tables whose changes started to wait during the run, with the reason. */
	readonly reasons = new Map<string, Finding>();
	/** Tables altered during the run. */
	readonly drifted: SyncError[] = [];
	/** Every table whose changes wait, by the target's name. */
	readonly #waiting: Set<string>;

	/** @param waiting tables not transferred for now, by the target's name */
	constructor(routes: ReadonlyMap<string, Route>, waiting: ReadonlySet<string>) {
		this.routes = new Map(routes);
		this.#waiting = new Set(waiting);
	}

	/**
	 * Excludes a table that was altered, or that the target rejects.
	 * @throws every other error
	 */
	leaveOut(thrown: unknown): void {
		if (thrown instanceof RefusedTable) {
			const { route, reason } = thrown;
			this.#leave(route, tableRefusal(route, reason));
			for (const other of [...this.routes.values()]) {
				if (!isReferredToBy(route.target.referrers, other.target.name)) continue;
				const waits = transferFinding(
					'parent_waits',
					{ table: other.name },
					{ parent: route.name },
				);
				this.#leave(other, waits);
			}
			return;
		}
		const error = asSyncError(thrown);
		if (error.code !== 'drifted') throw error;
		this.drifted.push(error);
		for (const [name, { source, target }] of this.routes) {
			if (![source.name, target.name].some((known) => known === error.place.table)) continue;
			this.routes.delete(name);
			this.#waiting.add(target.name);
		}
	}

	#leave(route: Route, reason: Finding): void {
		this.routes.delete(route.source.name);
		this.#waiting.add(route.target.name);
		this.reasons.set(route.name, reason);
	}

	/** The refused changes that only wait for rows of an excluded table, which is not the row's fault. */
	waitingAmong(refused: readonly LeftChange[]): Set<LeftChange> {
		const found = new Set<LeftChange>();
		for (let before = -1; before < found.size; ) {
			before = found.size;
			for (const left of refused) {
				const route = this.routes.get(left.changes[0]?.table ?? '');
				if (!route || found.has(left) || !left.error || !isForeignKeyError(left.error)) continue;
				const tied = tiedTo(route).find((name) => this.#waiting.has(name));
				if (tied === undefined) continue;
				found.add(left);
				this.#waiting.add(route.target.name);
				if (!this.reasons.has(route.name)) {
					const waits = transferFinding('rows_wait', { table: route.name }, { of: tied });
					this.reasons.set(route.name, waits);
				}
			}
		}
		return found;
	}
}

function tableRefusal({ name }: Route, { message, hint, place: { side } }: SyncError): Finding {
	const at = { side: side ?? null, table: name };
	return transferFinding('table_refused', at, { message, hint: hint ?? null });
}

/** The tables that a foreign key of the target connects to a table. */
function tiedTo({ target }: Route): string[] {
	return [
		...target.foreignKeys.map(({ parent }) => parent),
		...target.referrers.map(({ child }) => child.name),
	];
}

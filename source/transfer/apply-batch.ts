/** A batch's rows written to the target in one transaction, with what is contested among them decided first. */
import type { ConflictPolicy, Direction } from '../config/types.ts';
import type { Connection } from '../database/connection.ts';
import { acknowledge } from './acknowledge.ts';
import { idOf, StrandedRows, startApplying, TakenRows } from './applying.ts';
import { recordClashes } from './clashes.ts';
import { clockDifference } from './clocks.ts';
import type { DirtyRow, Row } from './collapse.ts';
import { type Contested, findContested, settle } from './conflicts.ts';
import type { Decision, Settlement } from './deciding.ts';
import { keepEffects } from './effects.ts';
import type { FetchRequest } from './fetch.ts';
import type { Change } from './pending.ts';
import type { CurrentRows } from './read.ts';
import { giveReceipt } from './receipts.ts';
import { type Applier, recordApplied } from './record.ts';
import { type Written, writeRows } from './write-rows.ts';

export interface BatchRequest extends FetchRequest {
	direction: Direction;
	policy: ConflictPolicy;
	/** Throws SyncError `held` if the pair is not this engine's any more; keeps it until the transaction ends. */
	holdFast: (target: Connection) => Promise<void>;
	/** Whom the record names as the one that applied the changes. */
	by: Applier;
}

/** What became of the rows of a batch. */
export interface Applied extends Written, Settlement {
	/** Rows that were written to the target, and rows that were deleted there. */
	upserts: number;
	deletes: number;
	/** Tells the receipt that the target gave; null where it gave none. */
	receipt: string | null;
}

/** Signals that rows turned out to be contested once they were written, and so were rolled back. */
class ContestedRows extends Error {
	readonly contested: Contested;

	constructor(contested: Contested) {
		super('rows of the batch changed on the target too');
		this.contested = contested;
	}
}

/** What earlier tries of a batch found out, and rolled back. */
interface Found {
	/** Rows of the batch by `rowId`, with those that were asked for and do not need to travel. */
	known: ReadonlySet<string>;
	/** The rows of the batch by `idOf`. */
	byId: ReadonlyMap<string, DirtyRow>;
	suspects: Set<DirtyRow>;
	untouchable: Set<string>;
	/** Rows of the target that deletions took along though they are contested, by `idOf`. */
	taken: Map<string, Row>;
}

/**
 * Writes the rows to the target in one transaction. Whether a row is contested is asked after it
 * was written, when its lock keeps every application out; if one is, the transaction is rolled back
 * and done again with that row decided first. So batches without conflicts pay one question each.
 * @throws MoreRows where rows have to travel along
 */
export async function applyBatch(
	source: Connection,
	target: Connection,
	current: CurrentRows,
	known: ReadonlySet<string>,
	request: BatchRequest,
): Promise<Applied> {
	if (current.size === 0) {
		const nothing = { refused: [], notes: [], kept: 0, receipt: null, upserts: 0, deletes: 0 };
		return { ...nothing, settled: new Map(), given: new Map() };
	}
	const found: Found = {
		known,
		byId: new Map([...current.keys()].map((row) => [idOf(row), row])),
		suspects: new Set(),
		untouchable: new Set(),
		taken: new Map(),
	};
	for (;;) {
		try {
			return await target.transaction(() => applyOnce(source, target, current, request, found));
		} catch (error) {
			if (error instanceof ContestedRows) {
				for (const row of error.contested.keys()) found.suspects.add(row);
			} else if (error instanceof StrandedRows) {
				for (const row of error.rows) found.untouchable.add(idOf(row));
			} else if (error instanceof TakenRows) {
				for (const row of error.rows) noteTaken(found, row);
			} else {
				throw error;
			}
		}
	}
}

/** A row of the batch is decided by itself first, and then with what takes it along. */
function noteTaken({ byId, suspects, taken }: Found, row: Row): void {
	const own = byId.get(idOf(row));
	if (own && !suspects.has(own)) suspects.add(own);
	else taken.set(idOf(row), row);
}

async function applyOnce(
	source: Connection,
	target: Connection,
	current: CurrentRows,
	request: BatchRequest,
	{ known, suspects, untouchable, taken }: Found,
): Promise<Applied> {
	const from = source.end.nodeId;
	const { policy, direction } = request;
	const asked = source.sent;
	const ahead = await clockDifference(source, target);
	const routes = new Map([...request.routes.values()].map((route) => [route.target.name, route]));
	const { settled, given } = await settle(
		{ source, target, routes, current, policy, direction, ahead },
		[...suspects],
		[...taken.values()],
	);
	const writes: CurrentRows = new Map(
		[...current].filter(([row]) => (settled.get(row)?.decision ?? 'apply') === 'apply'),
	);
	const staying = new Set([...settled.keys()].filter((row) => !writes.has(row)).map(idOf));
	const state = startApplying(
		{
			...{ source, target, routes, known, untouchable, staying },
			given: new Set(
				[...taken.keys(), ...[...settled.keys()].map(idOf)].filter((id) => !staying.has(id)),
			),
		},
		new Map(writes),
	);
	const back = [...settled].filter(
		([, { decision, sendBack }]) => sendBack && decision === 'yield',
	);
	await keepEffects(
		state,
		back.map(([row]) => row),
	);
	const { refused, notes, kept } = await writeRows(state);
	await recordClashes(source, target, direction, refused);
	const notWritten = new Set(refused.map(({ row }) => row));
	for (const row of [...writes.keys()]) if (notWritten.has(row)) writes.delete(row);
	const overruled = [...settled].flatMap(([row, { decision, theirs }]) =>
		decision === 'same' || writes.has(row) ? theirs : [],
	);
	if (source.sent > asked) await request.makeDurable(source);
	// In one round trip: from the first write on, applications wait for the rows.
	const [, , contested, , receipt] = await target.together(() =>
		Promise.all([
			acknowledge(target, [...overruled, ...[...given.values()].flat()], from),
			recordApplied(target, writes, from, ahead, request.by),
			findContested(target, [...writes.keys()], from),
			request.holdFast(target),
			giveReceipt(target, from, doneChanges(current, { refused, settled })),
		]),
	);
	if (contested.size > 0) throw new ContestedRows(contested);
	const deletes = [...writes.values()].filter((values) => values === null).length;
	const upserts = writes.size - deletes;
	return { refused, settled, given, notes, kept, receipt, upserts, deletes };
}

/** The changes that the target needs no more, in whatever way they were seen to. */
export function doneChanges(
	current: CurrentRows,
	{ refused, settled }: Pick<Applied, 'refused' | 'settled'>,
): Change[] {
	const left = new Set<Row>(refused.map(({ row }) => row));
	return [...current.keys()]
		.filter((row) => !left.has(row) && !isHeld(settled.get(row)?.decision))
		.flatMap((row) => row.changes);
}

/** Whether a row stays as it is on both sides. */
export function isHeld(decision: Decision | undefined): boolean {
	return decision === 'hold' || decision === 'wait';
}

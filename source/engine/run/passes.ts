/** The passes of a run: the directions take turns, batch by batch. */

import { redeemReceipts } from '../../changelog/tables/receipts.ts';
import {
	type Direction,
	type PairConfig,
	type Side,
	sourceSide,
	targetSide,
} from '../../config/types.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import { asSyncError, type SyncError } from '../../errors.ts';
import { type Finding, FindingSet } from '../../text/finding.ts';
import type { BatchResult } from '../../transfer/batch.ts';
import { Drain, type DrainResult, nothingMoved } from '../../transfer/drain.ts';
import { routesOf } from '../../transfer/rows/route.ts';
import type { Lease } from '../lease/lease.ts';
import type { Connections } from '../shared/connections.ts';
import { type Captures, refuseRecaptured } from './recaptured.ts';

/** The scope of a run. */
export interface PassRequest {
	directions: readonly Direction[];
	/** At most one batch per direction. */
	once: boolean;
	/** Retries parked changes even if their pause is not over, as when a person requests a run. */
	all?: boolean;
	/** The lease of the pair. */
	lease: Pick<Lease, 'leaseFence' | 'requireHeld' | 'makeDurable' | 'holder'>;
	/** Called between batches; true ends the run. */
	stopped: () => boolean;
	/** Called if something is pending, before it is moved. */
	onFetched?: (direction: Direction) => void;
	onBatch?: (direction: Direction, batch: BatchResult) => void;
}

/** The changes moved by a run; none for a direction that was not requested. */
export type PassResult = Record<Direction, DrainResult>;

/**
 * Most consecutive batches that only transfer side effects, if the triggers of both sides keep responding to
 * each other. The next run continues.
 */
const mostAnswers = 20;

/** Most consecutive passes that find a table being altered. The next run continues. */
const mostDrifts = 3;

const notCaptured: Captures = { local: new Map(), cloud: new Map() };

/** One direction of a run. */
interface Lane {
	direction: Direction;
	drain: Drain;
}

/**
 * Moves pending changes in passes, each of which starts with the current tables. Within a pass the directions
 * take turns: a change waits for one batch of the other direction, not for its backlog. Side effects on the
 * target, by triggers and foreign keys, are transferred back in the same pass.
 */
export class Passes {
	readonly #connections: Connections;
	readonly #request: PassRequest;
	readonly #lanes: readonly Lane[];
	/** Consecutive batches that only transferred side effects. */
	#answers = 0;
	/** Consecutive passes that found a table being altered. */
	#drifted = 0;
	#failure: SyncError | null = null;
	/** The capture of the tables on each side when the pass began. */
	#captures: Captures = notCaptured;
	/** Notes that belong to no direction. */
	readonly #notes = new FindingSet();

	constructor(connections: Connections, pair: PairConfig, request: PassRequest) {
		this.#connections = connections;
		this.#request = request;
		const { lease, once, all = false, onFetched, onBatch } = request;
		this.#lanes = request.directions.map((direction) => ({
			direction,
			drain: new Drain(connections[sourceSide(direction)], connections[targetSide(direction)], {
				direction,
				policy: pair.conflict,
				batchSize: pair.batchSize,
				maxBatchSize: pair.maxBatchSize,
				once,
				all,
				leaseFence: (connection) => lease.leaseFence(connection),
				requireHeld: (connection) => lease.requireHeld(connection),
				makeDurable: (connection) => {
					onFetched?.(direction);
					return lease.makeDurable(connection.end.side);
				},
				requireCaptured: (connection, tables) =>
					refuseRecaptured(connection, this.#captures, tables),
				by: lease.holder,
				onBatch: (batch) => onBatch?.(direction, batch),
			}),
		}));
	}

	/** The changes moved in all passes. */
	get result(): PassResult {
		const moved = (wanted: Direction) =>
			this.#lanes.find(({ direction }) => direction === wanted)?.drain.result ?? nothingMoved();
		return { local_to_cloud: moved('local_to_cloud'), cloud_to_local: moved('cloud_to_local') };
	}

	get notes(): Finding[] {
		return this.#notes.all;
	}

	/** True if another pass would move something at once. */
	get isUnfinished(): boolean {
		const { once, stopped } = this.#request;
		if (once || stopped()) return false;
		return this.#answers < mostAnswers && (this.#hasOpenLanes || this.#looksAgain);
	}

	/** The error that ended one direction in the latest pass, while the other continued. */
	get failure(): SyncError | null {
		return this.#failure;
	}

	/**
	 * Moves batches until nothing is pending, or the time is over.
	 * @param tables the current tables
	 * @param isOver called after each turn of all directions
	 * @param captures the capture of the tables on each side
	 * @returns the new errors, by direction
	 * @throws SyncError `unreachable` or `held`; changes moved before stay moved
	 */
	async move(
		tables: readonly TablePair[],
		isOver: () => boolean = () => false,
		captures: Captures = notCaptured,
	): Promise<Record<Direction, SyncError[]>> {
		const errors: Record<Direction, SyncError[]> = { local_to_cloud: [], cloud_to_local: [] };
		this.#failure = null;
		this.#captures = captures;
		const { local, cloud } = this.#connections;
		this.#notes.add(...(await redeemReceipts(local, cloud)));
		for (const { direction, drain } of this.#lanes) {
			await drain.begin(routesOf(tables, direction), deniedOn(tables, targetSide(direction)));
		}
		await this.#takeTurns(isOver);
		this.#drifted = this.#hasDrifted ? this.#drifted + 1 : 0;
		for (const { direction, drain } of this.#lanes) errors[direction] = await drain.end();
		return errors;
	}

	async #takeTurns(isOver: () => boolean): Promise<void> {
		const { once, stopped } = this.#request;
		while (this.#hasOpenLanes && this.#answers < mostAnswers) {
			for (const lane of this.#lanes) {
				if (stopped()) return;
				await this.#takeTurn(lane);
			}
			// An altered table waits for the next pass, which reads its definition.
			if (once || isOver() || this.#hasDrifted) return;
		}
	}

	/**
	 * A problem of one direction, such as a row that an application keeps locked, must not stop the other.
	 */
	async #takeTurn({ direction, drain }: Lane): Promise<void> {
		if (!this.#hasOpenLanes) return;
		try {
			await drain.look();
			if (!drain.isOpen) return;
			const { kept, applied } = await drain.step();
			if (kept > 0) this.#answer(direction);
			else if (applied > 0) this.#answers = 0;
		} catch (thrown) {
			const error = asSyncError(thrown);
			if (error.code === 'unreachable' || error.code === 'held') throw thrown;
			this.#failure ??= error;
			drain.close();
		}
	}

	/** Transfers the side effects on the target back. */
	#answer(moved: Direction): void {
		// If more is pending there, the next batch comes anyway.
		if (!this.#hasOpenLanes) this.#answers += 1;
		for (const { direction, drain } of this.#lanes) if (direction !== moved) drain.reopen();
	}

	get #hasOpenLanes(): boolean {
		return this.#lanes.some(({ drain }) => drain.isOpen);
	}

	get #hasDrifted(): boolean {
		return this.#lanes.some(({ drain }) => drain.hasDrifted);
	}

	/** True if tables were altered during the pass, and the next one may transfer their rows. */
	get #looksAgain(): boolean {
		return this.#hasDrifted && this.#drifted <= mostDrifts;
	}
}

/** The tables that wait for a right of the user on a side, by their names there. */
function deniedOn(tables: readonly TablePair[], side: Side): Set<string> {
	return new Set(
		tables.flatMap(({ denied, sides }) => (denied[side] ? (sides[side]?.name ?? []) : [])),
	);
}

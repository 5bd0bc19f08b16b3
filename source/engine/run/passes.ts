/** The passes of a run: its directions take turns, batch by batch. */

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

/** What a run moves, on connections that are open. */
export interface PassRequest {
	directions: readonly Direction[];
	/** One batch per direction and no more. */
	once: boolean;
	/** Tries parked changes too whose pause is not over, as where a person asks for a run. */
	all?: boolean;
	/** The right to do it. */
	lease: Pick<Lease, 'leaseFence' | 'requireHeld' | 'makeDurable' | 'holder'>;
	/** Asked between batches; true ends the run. */
	stopped: () => boolean;
	/** Told that something is pending, before it is moved. */
	onFetched?: (direction: Direction) => void;
	onBatch?: (direction: Direction, batch: BatchResult) => void;
}

/** What a run moved; a direction that was not asked for moved nothing. */
export type PassResult = Record<Direction, DrainResult>;

/** Batches in answer to batches after which two sides whose triggers answer each other are left to the next run. */
const mostAnswers = 20;

/** Passes in a row that meet an altered table, after which it is left to the next run. */
const mostDrifts = 3;

const notCaptured: Captures = { local: new Map(), cloud: new Map() };

/** One direction of a run. */
interface Lane {
	direction: Direction;
	drain: Drain;
}

/**
 * Moves what is pending, in passes that each begin with the tables as they are then. Within a pass the
 * directions take turns: a change waits for a batch of the other direction, and not for its backlog.
 * What a side does by itself on the way, by its triggers and foreign keys, travels back in the same pass.
 */
export class Passes {
	readonly #connections: Connections;
	readonly #request: PassRequest;
	readonly #lanes: readonly Lane[];
	/** Batches in a row that were nothing but answers to what the other side did by itself. */
	#answers = 0;
	/** Passes in a row that met a table which was altered under way. */
	#drifted = 0;
	#failure: SyncError | null = null;
	/** How each side captured its tables when the pass began. */
	#captures: Captures = notCaptured;
	/** What a person has to know that is of no direction. */
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

	/** What was moved in all passes. */
	get result(): PassResult {
		const moved = (wanted: Direction) =>
			this.#lanes.find(({ direction }) => direction === wanted)?.drain.result ?? nothingMoved();
		return { local_to_cloud: moved('local_to_cloud'), cloud_to_local: moved('cloud_to_local') };
	}

	get notes(): Finding[] {
		return this.#notes.all;
	}

	/** Whether another pass would move something at once. */
	get isUnfinished(): boolean {
		const { once, stopped } = this.#request;
		if (once || stopped()) return false;
		return this.#answers < mostAnswers && (this.#hasOpenLanes || this.#looksAgain);
	}

	/** What ended one direction in the latest pass, while the other went on. */
	get failure(): SyncError | null {
		return this.#failure;
	}

	/**
	 * Moves batches until nothing is pending, or the time is over.
	 * @param tables as they are now
	 * @param isOver asked after each turn of all directions
	 * @param captures how each side captures its tables
	 * @returns the errors that are new, by direction
	 * @throws SyncError `unreachable` or `held`; what was moved before stays moved
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
			// A table that was altered waits for the next pass, which looks at it.
			if (once || isOver() || this.#hasDrifted) return;
		}
	}

	/** What stops one direction, such as a row that an application keeps locked, must not stop the other. */
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

	/** Has what the target did by itself travel back. */
	#answer(moved: Direction): void {
		// Where more is pending there, the next batch comes anyway, and is no answer.
		if (!this.#hasOpenLanes) this.#answers += 1;
		for (const { direction, drain } of this.#lanes) if (direction !== moved) drain.reopen();
	}

	get #hasOpenLanes(): boolean {
		return this.#lanes.some(({ drain }) => drain.isOpen);
	}

	get #hasDrifted(): boolean {
		return this.#lanes.some(({ drain }) => drain.hasDrifted);
	}

	/** Whether tables were altered under way, and the next pass may carry their rows over. */
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

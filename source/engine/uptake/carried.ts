/** Tables that are carried both ways, with what the register knows of them, and how they are entered there. */

import { triggerState } from '../../capture/triggers.ts';
import { countPending } from '../../changelog/log/pending.ts';
import {
	enterTables,
	type Interruption,
	type NewTable,
	type Registered,
	type RegisterState,
	reenterTables,
} from '../../changelog/tables/register.ts';
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import { otherSide } from '../api/side-ids.ts';
import type { Connections } from '../shared/connections.ts';
import { type Capture, capturesOf, interruptionsOf } from '../survey/interruptions.ts';
import type { SideSurvey } from '../survey/survey.ts';

/** A table that is carried both ways, with triggers on both sides. */
export interface Carried {
	name: string;
	ends: Record<Side, TrackedTable>;
	entered: Record<Side, Registered | undefined>;
	/** Who its triggers run by. */
	definers: Record<Side, string | null>;
	/** How it is captured now. */
	captures: Record<Side, Capture>;
	/** Why changes may have been missed since the latest look. */
	interrupted: Record<Side, Interruption | null>;
	pair: TablePair;
}

/** The tables of a pair that are, with triggers on both sides. */
export function carriedTables(
	pair: PairConfig,
	tables: readonly TablePair[],
	surveys: Record<Side, SideSurvey>,
): Carried[] {
	const captureOf = { local: capturesOf(surveys.local), cloud: capturesOf(surveys.cloud) };
	const interruptionOf = {
		local: interruptionsOf(surveys.local),
		cloud: interruptionsOf(surveys.cloud),
	};
	return tables.flatMap((table) => {
		const { name, sides: both, skippedReason } = table;
		const { local, cloud } = both;
		if (!local || !cloud || skippedReason !== null) return [];
		const ends = { local, cloud };
		const isCaptured = (side: Side) =>
			triggerState(ends[side], pair[side].nodeId, surveys[side].triggers) === 'installed';
		if (!sides.every(isCaptured)) return [];
		const entered = {
			local: surveys.local.register?.get(local.name),
			cloud: surveys.cloud.register?.get(cloud.name),
		};
		const definerOn = (side: Side) =>
			surveys[side].triggers.byTable.get(ends[side].name)?.[0]?.definer ?? null;
		const definers = { local: definerOn('local'), cloud: definerOn('cloud') };
		const captures = { local: captureOf.local(local.name), cloud: captureOf.cloud(cloud.name) };
		const interrupted = {
			local: interruptionOf.local(local.name),
			cloud: interruptionOf.cloud(cloud.name),
		};
		return [{ name, ends, entered, definers, captures, interrupted, pair: table }];
	});
}

function entriesOn(side: Side, tables: readonly Carried[]): NewTable[] {
	return tables.map(({ ends, definers, captures }) => ({
		name: ends[side].name,
		definer: definers[side],
		...captures[side],
	}));
}

/** Enters tables on a side that are not entered there. */
export async function enter(
	connections: Connections,
	pair: PairConfig,
	side: Side,
	tables: readonly Carried[],
	state: RegisterState,
): Promise<void> {
	await enterTables(
		connections[side],
		pair[otherSide(side)].nodeId,
		entriesOn(side, tables),
		state,
	);
}

/** Enters tables on a side as if they were new. */
export async function reenter(
	connections: Connections,
	pair: PairConfig,
	side: Side,
	tables: readonly Carried[],
	state: RegisterState,
): Promise<void> {
	if (tables.length === 0) return;
	await reenterTables(
		connections[side],
		pair[otherSide(side)].nodeId,
		entriesOn(side, tables),
		state,
	);
}

/** The tables with changes that wait on a side, by their names there. */
export async function changedOn(
	connections: Connections,
	pair: PairConfig,
	side: Side,
	fresh: readonly Carried[],
): Promise<ReadonlySet<string>> {
	const names = new Set(fresh.map(({ ends }) => ends[side].name));
	const { byTable } = await countPending(connections[side], pair[otherSide(side)].nodeId, names);
	return new Set(byTable.keys());
}

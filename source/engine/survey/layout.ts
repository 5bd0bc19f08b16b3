import { isDeepStrictEqual } from 'node:util';
import { triggerStates } from '../../capture/triggers.ts';
import type { LogConnection } from '../../changelog/session/log-connection.ts';
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import { statementLogError } from '../../database/connection/binary-log.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import { asSyncError, type SyncError } from '../../errors.ts';
import type { Finding } from '../../text/finding.ts';
import type { EventTriggers, TriggerState } from '../api/snapshot.ts';
import { needAttention } from './attention.ts';
import { failingWrites } from './failing-writes.ts';
import { holdBackReferring } from './hold-back-children.ts';
import { offerMissing } from './offers.ts';
import { findOldKeys, skipOldKeys } from './rekeyed-tables.ts';
import {
	definerGone,
	matchTables,
	type SideSurvey,
	surveySide,
	tablesBeingAltered,
} from './survey.ts';

/**
 * The tables and triggers of a pair's databases. They change seldom and are expensive to read, so not every
 * look reads them.
 */
export interface Layout {
	/** Null for a side that could not be reached. */
	surveys: Record<Side, SideSurvey | null>;
	/** Matched from the surveys alone. */
	matched: TablePair[];
	/** The same, with the obstacles of their pending changes. */
	tables: TablePair[];
	/** By table. */
	triggers: Record<string, Record<Side, TriggerState>>;
	/** Individual triggers; null if the side could not be reached. */
	eventTriggers: Record<string, Record<Side, EventTriggers | null>>;
	/** The error that prevented the survey of a reachable side. */
	errors: Partial<Record<Side, SyncError>>;
	/** Why writes of the application fail. */
	failing: SyncError[];
	/** Tables that need attention because their capture was interrupted. */
	attention: Finding[];
}

/**
 * Reads the layout of both databases; a side that could not be reached is null.
 * @param before the previous layout: results derived from unchanged surveys are reused
 */
export async function readLayout(
	pair: PairConfig,
	connections: Record<Side, LogConnection | null>,
	before: Layout | null = null,
): Promise<Layout> {
	const errors: Layout['errors'] = {};
	const failing: SyncError[] = [];
	const survey = async (side: Side): Promise<SideSurvey | null> => {
		const connection = connections[side];
		if (!connection) return null;
		try {
			const found = await surveySide(connection, pair);
			if (found.isStatementLog) errors[side] = statementLogError(side);
			return found;
		} catch (error) {
			const found = asSyncError(error).at({ side });
			// The log of an engine names the pair with it.
			if (found.errno === definerGone) failing.push(found.at({ pair: pair.name }));
			else errors[side] = found;
			return null;
		}
	};
	const [local = null, cloud = null] = await Promise.all(sides.map(survey));
	const surveys = { local, cloud };
	const isFoundAgain =
		before !== null && sides.every((side) => isSameSurvey(before.surveys[side], surveys[side]));
	const matched = isFoundAgain ? before.matched : await withOffers(pair, connections, surveys);
	const tables = await withObstacles(pair, connections, surveys, matched);
	for (const side of sides) {
		const survey = surveys[side];
		if (survey) failing.push(...failingWrites(pair, side, survey, tables));
	}
	const attention = needAttention(pair, surveys, tables);
	if (isFoundAgain) return { ...before, surveys, tables, errors, failing, attention };
	const states = tables.map(
		(table) => [table.name, onBoth((side) => statesOn(pair, surveys, table, side))] as const,
	);
	return {
		surveys,
		matched,
		tables,
		triggers: Object.fromEntries(
			states.map(([name, on]) => [name, onBoth((side) => on[side]?.whole ?? 'unknown')]),
		),
		eventTriggers: Object.fromEntries(
			states.map(([name, on]) => [name, onBoth((side) => on[side]?.each ?? null)]),
		),
		errors,
		failing,
		attention,
	};
}

function isSameSurvey(one: SideSurvey | null, other: SideSurvey | null): boolean {
	if (!one || !other) return one === other;
	const [facts, otherFacts] = [one, other].map(
		({ triggers: { sees, ...triggers }, ...survey }) => ({
			...survey,
			triggers,
			seen: survey.tables.map(({ name }) => sees(name)),
		}),
	);
	return isDeepStrictEqual(facts, otherFacts);
}

/** The matched tables, with the statements that create missing ones. */
async function withOffers(
	pair: PairConfig,
	{ local, cloud }: Record<Side, LogConnection | null>,
	surveys: Layout['surveys'],
): Promise<TablePair[]> {
	const matched = matchTables(pair, surveys);
	if (!local || !cloud || !surveys.local || !surveys.cloud) return matched;
	const both = { local: surveys.local, cloud: surveys.cloud };
	try {
		return await offerMissing({ local, cloud }, pair, matched, both);
	} catch {
		// The next query reports a lost side.
		return matched;
	}
}

async function withObstacles(
	pair: PairConfig,
	{ local, cloud }: Record<Side, LogConnection | null>,
	surveys: Layout['surveys'],
	tables: TablePair[],
): Promise<TablePair[]> {
	if (!local || !cloud || !surveys.local || !surveys.cloud) return tables;
	const both = { local: surveys.local, cloud: surveys.cloud };
	try {
		const oldKeys = await findOldKeys({ local, cloud }, pair, tables, both);
		return await holdBackReferring({ local, cloud }, pair, skipOldKeys(tables, oldKeys), both);
	} catch {
		// The next query reports a lost side.
		return tables;
	}
}

function onBoth<T>(on: (side: Side) => T): Record<Side, T> {
	return { local: on('local'), cloud: on('cloud') };
}

function statesOn(
	pair: PairConfig,
	surveys: Layout['surveys'],
	table: TablePair,
	side: Side,
): ReturnType<typeof triggerStates> | null {
	const survey = surveys[side];
	if (!survey) return null;
	const states = triggerStates(table.sides[side], pair[side].nodeId, survey.triggers);
	// If the foreign keys of a table are not visible, the triggers of its parents seem to capture too much.
	return states.whole === 'stale' && tablesBeingAltered(survey).size > 0 ? null : states;
}

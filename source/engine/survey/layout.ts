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
import { definedAnew, definerGone, matchTables, type SideSurvey, surveySide } from './survey.ts';

/**
 * What the databases of a pair consist of: tables and triggers. It changes seldom and costs much to
 * read, so that not every look reads it.
 */
export interface Layout {
	/** Null for an end that could not be asked. */
	surveys: Record<Side, SideSurvey | null>;
	/** As the surveys alone tell them. */
	matched: TablePair[];
	/** The same with what stands in the way of their pending changes. */
	tables: TablePair[];
	/** By table. */
	triggers: Record<string, Record<Side, TriggerState>>;
	/** The same one by one; null where the side could not be asked. */
	eventTriggers: Record<string, Record<Side, EventTriggers | null>>;
	/** What kept an end that was reached from being asked. */
	errors: Partial<Record<Side, SyncError>>;
	/** Why writes of the application fail. */
	failing: SyncError[];
	/** Which tables need a person as their capture was interrupted. */
	attention: Finding[];
}

/**
 * Reads what both databases consist of; an end that could not be reached is null.
 * @param before what was read earlier: where that is found again, what follows from it stands
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

/** The tables as the surveys tell them, with what is to be done where one is missing. */
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
		// An end that was lost meanwhile is told by what is asked of it next.
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
		// An end that was lost meanwhile is told by what is asked of it next.
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
	// Without the foreign keys of a table that is not seen, its parents' triggers seem to note too much.
	return states.whole === 'stale' && definedAnew(survey).size > 0 ? null : states;
}

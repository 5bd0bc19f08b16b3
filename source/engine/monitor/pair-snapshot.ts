/** A pair as shown by `status` and the screen: one builder, so that the two cannot differ. */
import { type Direction, type PairConfig, type Side, sides } from '../../config/types.ts';
import type { SyncError } from '../../errors.ts';
import type {
	DirectionSnapshot,
	EndSnapshot,
	LastBatch,
	PairSnapshot,
	PairState,
} from '../api/snapshot.ts';
import { type Look, lookErrors } from './look.ts';

/** The state of the databases of a pair, whoever read it. */
export interface PairFacts {
	/** Null before the first look. */
	look: Look | null;
	ends: Record<Side, EndSnapshot>;
	/** Why reachable sides take no writes. */
	writeRefusals: readonly SyncError[];
}

/** The state of the engine. `status` has no engine and uses the records in the databases. */
export interface EngineFacts {
	/** What the engine is doing, or what keeps it from running. */
	mode: PairState;
	/** The last batch of each direction moved by it, if any. */
	lastBatch: Record<Direction, LastBatch | null>;
	/** Why writes of the application fail, according to its runs. */
	failing: readonly SyncError[];
}

/** The recorded state of the active engine, for an observer from outside. */
export function factsOnRecord(pair: PairConfig, look: Look): EngineFacts {
	const works = pair.enabled && !pair.readOnly;
	return {
		mode: !works ? 'paused' : look.progress.isWorking ? 'running' : 'idle',
		lastBatch: { local_to_cloud: null, cloud_to_local: null },
		failing: [],
	};
}

export function pairSnapshot(
	pair: PairConfig,
	facts: PairFacts,
	engine: EngineFacts,
): PairSnapshot {
	const { look } = facts;
	const direction = (name: Direction): DirectionSnapshot => {
		const count = look?.pending[name];
		return {
			pending: count?.pending ?? null,
			oldest_pending_seconds: count?.oldestSeconds ?? null,
			errors: look?.parked[name] ?? null,
			last_batch: engine.lastBatch[name] ?? look?.progress.lastBatch[name] ?? null,
		};
	};
	const end = (side: Side): EndSnapshot => {
		const found = facts.ends[side];
		return { ...found, error: found.error ?? look?.errors[side]?.message ?? null };
	};
	return {
		name: pair.name,
		state: pairState(pair, facts, engine),
		local: end('local'),
		cloud: end('cloud'),
		directions: {
			local_to_cloud: direction('local_to_cloud'),
			cloud_to_local: direction('cloud_to_local'),
		},
		conflicts: look?.conflicts ?? null,
		tables: look?.tables ?? [],
	};
}

/**
 * The rule for the state of a pair. Findings take precedence over what an engine is doing: a look finds a
 * problem long before the next run, or while a run hangs on a lost server. Two modes are exceptions: a pause,
 * which a person requested, and standby, which concerns this engine and not the databases. Read-only pairs,
 * which are always paused, show the findings.
 */
function pairState(pair: PairConfig, facts: PairFacts, engine: EngineFacts): PairState {
	const { mode } = engine;
	if (mode === 'standby' || (mode === 'paused' && !pair.readOnly)) return mode;
	if (sides.some((side) => facts.ends[side].reachable === false)) return 'offline';
	// A busy server recovers by itself.
	if (troubles(facts, engine).some(({ code }) => code !== 'busy')) return 'blocked';
	return mode;
}

/** The problems of a pair; failing writes of the application come first. */
export function troubles({ look, writeRefusals }: PairFacts, engine: EngineFacts): SyncError[] {
	return [...engine.failing, ...writeRefusals, ...(look ? lookErrors(look) : [])];
}

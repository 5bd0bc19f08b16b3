/** A pair as `status` and the screen show it: one builder, so that the two cannot differ. */
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

/** What was found in the databases of a pair, whoever looked. */
export interface PairFacts {
	/** Null before the first look. */
	look: Look | null;
	ends: Record<Side, EndSnapshot>;
	/** Why ends that are reached take no writes. */
	writeRefusals: readonly SyncError[];
}

/** What an engine adds to that about itself. `status`, which has none, says what the databases tell. */
export interface EngineFacts {
	/** What the engine is doing, or what keeps it from running. */
	mode: PairState;
	/** The last batch of each direction, as far as it moved one. */
	lastBatch: Record<Direction, LastBatch | null>;
	/** Why writes of the application fail, as its runs found. */
	failing: readonly SyncError[];
}

/** What the record of the engine that holds the pair tells, for one that looks from outside. */
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
 * The one rule for a pair's state. What was found outranks what an engine is doing: a look finds out
 * long before the next run does, and while a run hangs on a server that is gone. Two modes stay: a
 * pause that a person asked for, and standby, which is about this engine and not about the databases.
 * Read-only pairs, paused for good, show what was found.
 */
function pairState(pair: PairConfig, facts: PairFacts, engine: EngineFacts): PairState {
	const { mode } = engine;
	if (mode === 'standby' || (mode === 'paused' && !pair.readOnly)) return mode;
	if (sides.some((side) => facts.ends[side].reachable === false)) return 'offline';
	// What is busy passes by itself.
	if (troubles(facts, engine).some(({ code }) => code !== 'busy')) return 'blocked';
	return mode;
}

/** What keeps the pair from its work, as was found; the application's failing writes come first. */
export function troubles({ look, writeRefusals }: PairFacts, engine: EngineFacts): SyncError[] {
	return [...engine.failing, ...writeRefusals, ...(look ? lookErrors(look) : [])];
}

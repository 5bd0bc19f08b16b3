import type { Direction, PairConfig, Side } from '../config/types.ts';
import { notesOn } from '../database/table-pair.ts';
import type { SyncError } from '../errors.ts';
import { describeHolder } from './lease-end.ts';
import { type Look, lookErrors } from './look.ts';
import type { Monitor } from './monitor.ts';
import type { DirectionSnapshot, LivePair, PairState } from './snapshot.ts';
import type { Tally } from './tally.ts';

/** What a pair's engine is about. */
export interface PairMode {
	state: PairState;
	/** What keeps it from running. */
	problem: SyncError | null;
	/** Epoch milliseconds. */
	nextRunAt: number | null;
}

/** A pair as the screen sees it, put together from what its parts know. */
export function pairSnapshot(
	pair: PairConfig,
	{ state, problem, nextRunAt }: PairMode,
	monitor: Monitor,
	tally: Tally,
): LivePair {
	const { look } = monitor;
	const direction = (name: Direction): DirectionSnapshot => {
		const count = look?.pending[name];
		return {
			pending: count?.pending ?? null,
			oldest_pending_seconds: count?.oldestSeconds ?? null,
			errors: look?.parked[name] ?? null,
			last_batch: tally.lastBatch[name],
		};
	};
	const trouble = problem ?? (look ? lookErrors(look)[0] : undefined);
	return {
		name: pair.name,
		state,
		local: monitor.end('local'),
		cloud: monitor.end('cloud'),
		directions: {
			local_to_cloud: direction('local_to_cloud'),
			cloud_to_local: direction('cloud_to_local'),
		},
		conflicts: look?.conflicts ?? null,
		tables: look?.tables ?? [],
		address: { local: addressOf(pair, 'local'), cloud: addressOf(pair, 'cloud') },
		read_only: pair.readOnly,
		moved: { ...tally.moved },
		next_run_at: nextRunAt,
		holder: look?.holder && describeHolder(look.holder),
		logs: look?.logs ?? { local: null, cloud: null },
		notes: notesByTable(look),
		looked_at: monitor.lookedAt,
		problem: pair.enabled
			? (trouble?.describe() ?? null)
			: 'the pair is not enabled in the configuration',
		changes: monitor.changes,
	};
}

function notesByTable(look: Look | null): Record<string, string[]> {
	const noted = (look?.tablePairs ?? []).map((table) => [table.name, notesOn(table)] as const);
	return Object.fromEntries(noted.filter(([, notes]) => notes.length > 0));
}

/** Where an end is, without its secrets. */
function addressOf(pair: PairConfig, side: Side): string {
	const { socket, endpoints, database } = pair[side];
	const server = socket ?? endpoints.map(({ host, port }) => `${host}:${port}`).join(',');
	return `${server}/${database}`;
}

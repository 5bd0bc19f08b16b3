/** A pair as the screen shows it: what `status` prints, and what its engine knows besides. */
import type { Direction, PairConfig, Side } from '../../config/types.ts';
import { Nodes, nodePlaceName } from '../../database/connection/nodes.ts';
import { notesOn } from '../../database/pairing/table-pair.ts';
import type { SyncError } from '../../errors.ts';
import type { Finding } from '../../text/finding.ts';
import type { LastBatch, LivePair, MovedBatch, PairHolder, PairState } from '../api/snapshot.ts';
import { type Held, nameHolder } from '../lease/lease-row.ts';
import { type Look, lookErrors } from './look.ts';
import type { Monitor } from './monitor.ts';
import { type PairFacts, pairSnapshot } from './pair-snapshot.ts';
import type { Tally } from './tally.ts';

/** The state of the engine of a pair. */
export interface PairMode {
	state: PairState;
	/** The problem that keeps it from running. */
	problem: SyncError | null;
	/** Epoch milliseconds. */
	nextRunAt: number | null;
	/** True if this engine holds the pair. */
	heldHere: boolean;
	/** Findings of the latest runs, by table. */
	notes: readonly Finding[];
	/** Why writes of the application fail, according to the latest runs. */
	failing: readonly SyncError[];
}

export function livePair(
	pair: PairConfig,
	{ state: mode, problem, nextRunAt, heldHere, notes, failing: tried }: PairMode,
	monitor: Monitor,
	tally: Tally,
): LivePair {
	const { look, writeRefusals } = monitor;
	const facts: PairFacts = {
		look,
		ends: { local: monitor.end('local'), cloud: monitor.end('cloud') },
		writeRefusals,
	};
	const snapshot = pairSnapshot(pair, facts, {
		mode,
		lastBatch: {
			local_to_cloud: lastBatchOf(tally.batches.local_to_cloud),
			cloud_to_local: lastBatchOf(tally.batches.cloud_to_local),
		},
		failing: tried,
	});
	const rate = (name: Direction) => (snapshot.state === 'standby' ? null : tally.trend.rate(name));
	const [failing] = [...(look?.failing ?? []), ...tried];
	// Failing writes of the application come before problems of this program.
	const trouble =
		failing ?? problem ?? writeRefusals[0] ?? (look ? lookErrors(look)[0] : undefined);
	return {
		...snapshot,
		security: { local: monitor.security('local'), cloud: monitor.security('cloud') },
		address: { local: addressOf(pair, 'local'), cloud: addressOf(pair, 'cloud') },
		read_only: pair.readOnly,
		moved: {
			local_to_cloud: tally.totals.local_to_cloud.applied,
			cloud_to_local: tally.totals.cloud_to_local.applied,
		},
		next_run_at: nextRunAt,
		interval: pair.interval,
		holder: look?.holder && asPairHolder(look.holder),
		held_here: heldHere,
		rate: { local_to_cloud: rate('local_to_cloud'), cloud_to_local: rate('cloud_to_local') },
		trend: {
			local_to_cloud: tally.trend.samples('local_to_cloud'),
			cloud_to_local: tally.trend.samples('cloud_to_local'),
		},
		batches: { ...tally.batches },
		logs: look?.logs ?? { local: null, cloud: null },
		notes: notesByTable(look, notes),
		looked_at: monitor.lookedAt,
		skipped: skippedTables(look),
		problem: pair.enabled
			? (trouble?.describe() ?? null)
			: 'the pair is not enabled in the configuration',
		problem_finding: (pair.enabled && trouble?.finding) || null,
		event_triggers: look?.eventTriggers ?? {},
		...monitor.listed,
	};
}

function asPairHolder(held: Held): PairHolder {
	return { name: nameHolder(held), process: held.process, since: held.since };
}

/** A batch as `status` prints it. */
function lastBatchOf([last]: readonly MovedBatch[]): LastBatch | null {
	return last ? { at: last.at, applied: last.applied, milliseconds: last.milliseconds } : null;
}

/** Notes on tables whose rows are synced in at least one direction. */
export function notesByTable(
	look: Look | null,
	found: PairMode['notes'],
): Record<string, Finding[]> {
	const noted = new Map((look?.tablePairs ?? []).map((table) => [table.name, notesOn(table)]));
	for (const finding of [...(look?.layout.attention ?? []), ...found]) {
		const { table } = finding;
		if (table !== null) noted.set(table, [...(noted.get(table) ?? []), finding]);
	}
	return Object.fromEntries([...noted].filter(([, notes]) => notes.length > 0));
}

/** Why tables are skipped, by table. */
function skippedTables(look: Look | null): Record<string, Finding> {
	return Object.fromEntries(
		(look?.tablePairs ?? []).flatMap(({ name, skippedReason }) =>
			skippedReason === null ? [] : [[name, skippedReason]],
		),
	);
}

/** The current address of a side, without secrets. */
function addressOf(pair: PairConfig, side: Side): string {
	const { inUse, size } = Nodes.of(pair[side]);
	const server = inUse === undefined ? '' : nodePlaceName(inUse);
	return `${server}/${pair[side].database}${size > 1 ? ` (1 of ${size} nodes)` : ''}`;
}

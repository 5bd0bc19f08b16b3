import { countPending } from '../../changelog/log/pending.ts';
import { explainLockWait } from '../../changelog/write-lock.ts';
import { type Direction, type PairConfig, sourceSide, targetSide } from '../../config/types.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import { asSyncError, SyncError } from '../../errors.ts';
import { programCommand } from '../../text/cures.ts';
import type { Finding } from '../../text/finding.ts';
import { routesOf } from '../../transfer/rows/route.ts';
import { type Tellable, tellableText } from '../api/messages.ts';
import { runFinding } from '../api/run-messages.ts';
import { Lease } from '../lease/lease.ts';
import { countConflicts } from '../records/conflicts.ts';
import { type Connections, closeBoth, openBoth } from '../shared/connections.ts';
import type { PassRequest, PassResult } from './passes.ts';
import { Runs } from './runs.ts';
import { type Report, type TopicName, topics } from './topics.ts';

/** @throws SyncError `usage` if the pair is read-only or not enabled */
export function requireWritable(pair: PairConfig): void {
	if (!pair.enabled) {
		throw new SyncError('usage', 'the pair is not enabled', {
			pair: pair.name,
			hint: 'Set `enabled` of the pair to true in the configuration.',
		});
	}
	if (!pair.readOnly) return;
	throw new SyncError('usage', 'the pair is read-only', {
		pair: pair.name,
		hint: 'Set `read_only` of the pair to false in the configuration to allow changes.',
	});
}

export interface SyncRequest
	extends Pick<PassRequest, 'directions' | 'once' | 'stopped' | 'onBatch'> {
	/** Called with messages for the user. */
	say: (line: string) => void;
}

/** The result of a run, and what needs attention although no row was refused, in words. */
export interface SyncResult extends PassResult {
	unsettled: string[];
}

/** Milliseconds to wait for an engine that is about to end. */
const patience = 2000;

/**
 * Does one run over the pair, like the engine, and releases the lease.
 * @throws SyncError that names the pair; `held` if another engine holds it; `config` if a side uses the node
 *   id of another database
 */
export async function syncPair(pair: PairConfig, request: SyncRequest): Promise<SyncResult> {
	requireWritable(pair);
	const { directions, once, stopped, onBatch } = request;
	const printed = new Printed(pair, request.say);
	const connections = await openBoth(pair);
	const lease = new Lease(pair);
	const report: Report = (...told) => printed.report(...told);
	const runs = new Runs(pair, { lease, report, stopped, onBatch });
	try {
		const moved = await runs.run(connections, directions, { all: true, once, patience });
		const { tables, failing } = runs.latest;
		const broken = [...failing, ...runs.tried].map((error) => error.finding ?? error);
		// An engine shows these in every snapshot; a single run has to report them itself.
		const pending = await findWaiting(connections, pair, tables, directions);
		const open = await openConflicts(connections, pair);
		const found = [...broken, ...printed.unsettled, ...pending, ...open];
		return { ...moved, unsettled: found.map(tellableText) };
	} catch (thrown) {
		throw await explainLockWait(asSyncError(thrown), [connections.local, connections.cloud]);
	} finally {
		await closeBoth(connections);
		await lease.release();
	}
}

/** Prints the reports of a run for `sync`, each line once. */
class Printed {
	readonly #pair: PairConfig;
	readonly #say: (line: string) => void;
	readonly #said = new Set<string>();
	/** What is still true at the end of the run, by topic and direction. */
	readonly #unsettled = new Map<string, readonly Tellable[]>();

	constructor(pair: PairConfig, say: (line: string) => void) {
		this.#pair = pair;
		this.#say = say;
	}

	get unsettled(): Tellable[] {
		return [...this.#unsettled.values()].flat();
	}

	report(topic: TopicName, found: readonly Tellable[], direction?: Direction): void {
		const { printed, logged } = topics[topic];
		if (printed === 'in its result') return;
		if (printed === 'at the end') {
			const id = `${topic} ${direction}`;
			// A message that is always logged is not repeated while it stays true.
			const before = logged === 'always' ? (this.#unsettled.get(id) ?? []) : [];
			this.#unsettled.set(id, [...before, ...found]);
			return;
		}
		const way = direction ? `, ${direction.replaceAll('_', ' ')}` : '';
		for (const one of found) {
			const line = `${this.#pair.name}${way}: ${tellableText(one)}`;
			if (!this.#said.has(line)) this.#say(line);
			this.#said.add(line);
		}
	}
}

/** Reports unresolved conflicts. */
async function openConflicts(connections: Connections, pair: PairConfig): Promise<Finding[]> {
	const rows = await countConflicts(connections, pair);
	const command = programCommand('conflicts', pair.name, '--open');
	return rows === 0
		? []
		: [runFinding('conflicts_open', {}, { rows }, [{ command, purpose: 'list' }])];
}

/** Reports tables whose captured changes are not transferred, one line per table and direction. */
async function findWaiting(
	connections: Connections,
	pair: PairConfig,
	tables: readonly TablePair[],
	wanted: readonly Direction[],
): Promise<Finding[]> {
	const findings: Finding[] = [];
	for (const direction of wanted) {
		const [from, to] = [sourceSide(direction), targetSide(direction)];
		const routes = routesOf(tables, direction);
		const left = tables.flatMap(({ sides }) => sides[from]?.name ?? []);
		const names = new Set(left.filter((name) => !routes.has(name)));
		if (names.size === 0) continue;
		const { byTable } = await countPending(connections[from], pair[to].nodeId, names);
		for (const [table, changes] of byTable) {
			findings.push(runFinding('changes_not_carried', { side: from, table }, { changes }));
		}
	}
	return findings;
}

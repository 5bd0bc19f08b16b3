/** Why a key cannot act now, in words for the person who pressed it. */

import { type Side, sides } from '../../config/types.ts';
import type { LivePair } from '../../engine/api/snapshot.ts';
import type { KeyContext } from '../state/key-context.ts';
import type { RequestKind } from '../state/state.ts';
import { copyable, keyToCopy } from './copyable.ts';

type KeyRefusal = (context: KeyContext) => string | null;

const noPair = 'There is no pair to act on.';

const busyWith: Record<RequestKind, string> = {
	'force both ways': 'is being forced both ways already',
	'one batch': 'is having one batch moved already',
	'force to cloud': 'is being forced from local to cloud already',
	'force to local': 'is being forced from cloud to local already',
	install: 'is having its triggers installed already',
	uninstall: 'is having its triggers removed already',
	'drop log': 'is having its change log dropped already',
	forget: 'is forgetting that node already',
	retry: 'is having its parked changes tried already',
	resolve: 'is having a conflict decided already',
};

/** Something else than what is going on waits for its turn; the same thing twice is of no use. */
function alreadyRunning(
	{ pair, requests }: KeyContext,
	kind: RequestKind,
	target: string | null = null,
): string | null {
	const running = requests.find(
		(each) =>
			each.pair === pair?.name &&
			each.kind === kind &&
			(each.target === target || each.target === null),
	);
	return running ? `${running.pair} ${busyWith[kind]}; wait until that has ended.` : null;
}

function refuseReadOnly(pair: LivePair): string | null {
	if (!pair.read_only) return null;
	return `${pair.name} is read-only; set "read_only" to false in the configuration to let it be changed.`;
}

function downSide(pair: LivePair): Side | null {
	return sides.find((side) => pair[side].reachable !== true) ?? null;
}

function offline(pair: LivePair): string | null {
	const side = downSide(pair);
	if (side === null) return null;
	const { reachable, error } = pair[side];
	if (reachable === null) return `The ${side} end of ${pair.name} has not been reached yet.`;
	const why = error?.split('\n')[0];
	return `The ${side} end of ${pair.name} cannot be reached${why ? ` (${why})` : ''}.`;
}

/**
 * A forced run of an offline pair is allowed: it tries the server at once instead of waiting. So is
 * one of a pair on standby: it is passed on to the engine that holds it.
 */
export function refuseForce(kind: RequestKind): KeyRefusal {
	return (context) => {
		if (!context.pair) return noPair;
		return refuseReadOnly(context.pair) ?? alreadyRunning(context, kind);
	};
}

/** The engine that holds a pair takes on whole runs only. */
export const refuseOneBatch: KeyRefusal = (context) => {
	const { pair } = context;
	if (!pair) return noPair;
	const held =
		pair.state === 'standby'
			? `${pair.name} is run by another engine; f has it run both ways.`
			: null;
	return refuseReadOnly(pair) ?? held ?? alreadyRunning(context, 'one batch');
};

export function refuseTriggers(kind: 'install' | 'uninstall'): KeyRefusal {
	return (context) => {
		const { view, pair, table } = context;
		if (!pair) return noPair;
		if (view === 'tables' && !table) return 'There is no table under the cursor.';
		const skipped = table?.skipped_reason
			? `${table.name} is skipped: ${table.skipped_reason}.`
			: null;
		const running = alreadyRunning(context, kind, table?.name);
		return refuseReadOnly(pair) ?? skipped ?? running ?? offline(pair);
	};
}

/** Tables that another engine is at work with are not taken from under it. */
export const refuseDropLog: KeyRefusal = (context) => {
	const { pair } = context;
	if (!pair) return noPair;
	const held =
		pair.holder && !pair.held_here
			? `${pair.holder.name} is at work on ${pair.name}; end that engine first.`
			: null;
	return refuseReadOnly(pair) ?? held ?? alreadyRunning(context, 'drop log') ?? offline(pair);
};

/**
 * A pair on standby forgets by itself: the engine that holds it reads that from the databases. Where
 * the id of an own node belongs to another database the pair is blocked, and that is forgotten.
 */
export const refuseForget: KeyRefusal = (context) => {
	const { pair, node } = context;
	if (!pair) return noPair;
	if (!node) {
		const logs = sides.flatMap((side) => pair.logs[side] ?? []);
		if (logs.length === 0) return `The logs of ${pair.name} have not been read yet.`;
		return logs.some(({ nodes }) => nodes.length > 0)
			? 'There is no node under the cursor.'
			: `No log of ${pair.name} is kept for a node yet.`;
	}
	const own =
		node.own !== null && pair.state !== 'blocked'
			? `${node.node_id} is the ${node.own} node of this very pair; to end the pair, take it out of the configuration.`
			: null;
	const running = alreadyRunning(context, 'forget', node.node_id);
	return own ?? refuseReadOnly(pair) ?? running ?? offline(pair);
};

export const refuseStarter: KeyRefusal = ({ setup }) => {
	if (!setup) return 'There is a configuration already; add a pair to its "sync_pairs".';
	return setup.step === 'offered' ? null : `It is in ${setup.path} already.`;
};

/** A pause here would be taken for one of the pair, while the engine that holds it goes on. */
function runElsewhere({ name, state, held_here: here, holder }: LivePair): string | null {
	if (state === 'paused' || here || (state !== 'standby' && !holder)) return null;
	return `${name} is run by another engine${holder ? ` (${holder.name})` : ''}; pause it there.`;
}

export const refusePause: KeyRefusal = ({ pair }) =>
	pair ? (refuseReadOnly(pair) ?? runElsewhere(pair)) : noPair;

/** How many changes are parked in both directions; null where that is not known. */
export function parkedCount({ directions }: LivePair): number | null {
	const { local_to_cloud, cloud_to_local } = directions;
	if (local_to_cloud.errors === null || cloud_to_local.errors === null) return null;
	return local_to_cloud.errors + cloud_to_local.errors;
}

export const refuseRetryAll: KeyRefusal = (context) => {
	const { pair } = context;
	if (!pair) return noPair;
	const none = parkedCount(pair) === 0 ? `No change of ${pair.name} is parked.` : null;
	return none ?? refuseReadOnly(pair) ?? alreadyRunning(context, 'retry') ?? offline(pair);
};

export const refuseRetry: KeyRefusal = (context) => {
	const { pair, parked, view } = context;
	if (!pair) return noPair;
	if (!parked) {
		return view === 'row' ? 'This is no parked change.' : `No change of ${pair.name} is parked.`;
	}
	return refuseReadOnly(pair) ?? alreadyRunning(context, 'retry', parked.id) ?? offline(pair);
};

export const refuseResolve: KeyRefusal = (context) => {
	const { pair, conflict, view } = context;
	if (!pair) return noPair;
	if (!conflict) {
		return view === 'row' ? 'This is no conflict.' : `There is no conflict of ${pair.name}.`;
	}
	const decided =
		conflict.kept === null
			? null
			: `${conflict.id} is decided already: ${conflict.kept} was kept. To bring the other version back, write it to either side.`;
	return decided ?? refuseReadOnly(pair) ?? alreadyRunning(context, 'resolve', conflict.id);
};

export const refuseWithoutPair: KeyRefusal = ({ pair }) => (pair ? null : noPair);

export const refuseOpen: KeyRefusal = ({ change, conflict, parked, table, notice }) =>
	(change ?? conflict ?? parked ?? table ?? notice) ? null : 'There is nothing under the cursor.';

export const refuseAskForRow: KeyRefusal = ({ table }) => {
	if (!table) return 'There is no table under the cursor.';
	return table.skipped_reason === null ? null : `It is skipped: ${table.skipped_reason}.`;
};

export const refuseReread: KeyRefusal = ({ change, conflict, parked, row }) =>
	(change ?? conflict ?? parked ?? row) ? null : 'A line of the log is about no single row.';

export const refuseBackFromPairs: KeyRefusal = ({ filter }) =>
	filter === '' ? 'This is the first view; q quits.' : null;

export const refuseCopy: KeyRefusal = (context) =>
	copyable(context) ? null : 'There is nothing to copy here.';

export const refuseCopyKey: KeyRefusal = (context) =>
	keyToCopy(context) ? null : 'There is no key to copy here.';

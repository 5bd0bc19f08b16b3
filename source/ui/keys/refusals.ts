/** Why a key has no effect now, as a sentence for the user. */

import { type Side, sides } from '../../config/types.ts';
import type { LivePair } from '../../engine/api/snapshot.ts';
import type { KeyContext } from '../state/key-context.ts';
import type { RequestKind } from '../state/state.ts';
import { copyable, keyToCopy } from './copyable.ts';

type KeyRefusal = (context: KeyContext) => string | null;

const noPair = 'There is no pair.';

const busyWith: Record<RequestKind, string> = {
	'force both ways': 'is already running both ways',
	'one batch': 'is already transferring one batch',
	'force to cloud': 'is already running from local to cloud',
	'force to local': 'is already running from cloud to local',
	install: 'is already installing triggers',
	uninstall: 'is already removing triggers',
	'drop log': 'is already dropping its change log',
	forget: 'is already forgetting that node',
	retry: 'is already retrying parked changes',
	resolve: 'is already resolving a conflict',
};

/** A different request is queued; repeating a running one is refused. */
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
	return running ? `${running.pair} ${busyWith[kind]}; wait until it finishes.` : null;
}

function refuseReadOnly(pair: LivePair): string | null {
	if (!pair.read_only) return null;
	return `${pair.name} is read-only; to allow changes, set "read_only" to false in the configuration.`;
}

function downSide(pair: LivePair): Side | null {
	return sides.find((side) => pair[side].reachable !== true) ?? null;
}

function offline(pair: LivePair): string | null {
	const side = downSide(pair);
	if (side === null) return null;
	const { reachable, error } = pair[side];
	if (reachable === null) return `The ${side} server of ${pair.name} has not been reached yet.`;
	const why = error?.split('\n')[0];
	return `The ${side} server of ${pair.name} cannot be reached${why ? ` (${why})` : ''}.`;
}

/**
 * Forcing an offline pair is allowed: it tries the server at once. Forcing a pair on standby is allowed too:
 * the request goes to the active engine.
 */
export function refuseForce(kind: RequestKind): KeyRefusal {
	return (context) => {
		if (!context.pair) return noPair;
		return refuseReadOnly(context.pair) ?? alreadyRunning(context, kind);
	};
}

/** The active engine accepts only whole runs from others. */
export const refuseOneBatch: KeyRefusal = (context) => {
	const { pair } = context;
	if (!pair) return noPair;
	const held =
		pair.state === 'standby'
			? `Another process is syncing ${pair.name}; f makes it run both ways.`
			: null;
	return refuseReadOnly(pair) ?? held ?? alreadyRunning(context, 'one batch');
};

export function refuseTriggers(kind: 'install' | 'uninstall'): KeyRefusal {
	return (context) => {
		const { view, pair, table } = context;
		if (!pair) return noPair;
		if (view === 'tables' && !table) return 'No table is selected.';
		const skipped = table?.skipped_reason
			? `${table.name} is skipped: ${table.skipped_reason}.`
			: null;
		const running = alreadyRunning(context, kind, table?.name);
		return refuseReadOnly(pair) ?? skipped ?? running ?? offline(pair);
	};
}

/** Never drops tables that another engine is using. */
export const refuseDropLog: KeyRefusal = (context) => {
	const { pair } = context;
	if (!pair) return noPair;
	const held =
		pair.holder && !pair.held_here
			? `Another process is syncing ${pair.name} (${pair.holder.name}); stop it first.`
			: null;
	return refuseReadOnly(pair) ?? held ?? alreadyRunning(context, 'drop log') ?? offline(pair);
};

/**
 * A pair on standby can forget a node without the active engine, which reads that from the databases. The id
 * of an own node can be forgotten only if it belongs to another database, which blocks the pair.
 */
export const refuseForget: KeyRefusal = (context) => {
	const { pair, node } = context;
	if (!pair) return noPair;
	if (!node) {
		const logs = sides.flatMap((side) => pair.logs[side] ?? []);
		if (logs.length === 0) return `The logs of ${pair.name} have not been read yet.`;
		return logs.some(({ nodes }) => nodes.length > 0)
			? 'No node is selected.'
			: `The logs of ${pair.name} are not retained for any node yet.`;
	}
	const own =
		node.own !== null && pair.state !== 'blocked'
			? `${node.node_id} is the ${node.own} node of this pair; to end the pair, remove it from the configuration.`
			: null;
	const running = alreadyRunning(context, 'forget', node.node_id);
	return own ?? refuseReadOnly(pair) ?? running ?? offline(pair);
};

export const refuseStarter: KeyRefusal = ({ setup }) => {
	if (!setup) return 'A configuration already exists; add a pair to its "sync_pairs".';
	return setup.step === 'offered' ? null : `It was already written to ${setup.path}.`;
};

/** A pause here would look like a pause of the pair, while the active engine continues. */
function runElsewhere({ name, state, held_here: here, holder }: LivePair): string | null {
	if (state === 'paused' || here || (state !== 'standby' && !holder)) return null;
	return `Another process is syncing ${name}${holder ? ` (${holder.name})` : ''}; pause it there.`;
}

export const refusePause: KeyRefusal = ({ pair }) =>
	pair ? (refuseReadOnly(pair) ?? runElsewhere(pair)) : noPair;

/** The parked changes of both directions; null if not known. */
export function parkedCount({ directions }: LivePair): number | null {
	const { local_to_cloud, cloud_to_local } = directions;
	if (local_to_cloud.errors === null || cloud_to_local.errors === null) return null;
	return local_to_cloud.errors + cloud_to_local.errors;
}

export const refuseRetryAll: KeyRefusal = (context) => {
	const { pair } = context;
	if (!pair) return noPair;
	const none = parkedCount(pair) === 0 ? `${pair.name} has no parked changes.` : null;
	return none ?? refuseReadOnly(pair) ?? alreadyRunning(context, 'retry') ?? offline(pair);
};

export const refuseRetry: KeyRefusal = (context) => {
	const { pair, parked, view } = context;
	if (!pair) return noPair;
	if (!parked) {
		return view === 'row' ? 'This is not a parked change.' : `${pair.name} has no parked changes.`;
	}
	return refuseReadOnly(pair) ?? alreadyRunning(context, 'retry', parked.id) ?? offline(pair);
};

export const refuseResolve: KeyRefusal = (context) => {
	const { pair, conflict, view } = context;
	if (!pair) return noPair;
	if (!conflict) {
		return view === 'row' ? 'This is not a conflict.' : `${pair.name} has no conflicts.`;
	}
	const decided =
		conflict.kept === null
			? null
			: `${conflict.id} is already resolved: ${conflict.kept} won. To restore the other version, write it to either side.`;
	return decided ?? refuseReadOnly(pair) ?? alreadyRunning(context, 'resolve', conflict.id);
};

export const refuseWithoutPair: KeyRefusal = ({ pair }) => (pair ? null : noPair);

export const refuseOpen: KeyRefusal = ({ change, conflict, parked, table, notice }) =>
	(change ?? conflict ?? parked ?? table ?? notice) ? null : 'Nothing is selected.';

export const refuseAskForRow: KeyRefusal = ({ table }) => {
	if (!table) return 'No table is selected.';
	return table.skipped_reason === null
		? null
		: `${table.name} is skipped: ${table.skipped_reason}.`;
};

export const refuseReread: KeyRefusal = ({ change, conflict, parked, row }) =>
	(change ?? conflict ?? parked ?? row) ? null : 'A log line has no row to read.';

export const refuseBackFromPairs: KeyRefusal = ({ filter }) =>
	filter === '' ? 'This is the first view; q quits.' : null;

export const refuseCopy: KeyRefusal = (context) =>
	copyable(context) ? null : 'There is nothing to copy here.';

export const refuseCopyKey: KeyRefusal = (context) =>
	keyToCopy(context) ? null : 'There is no key to copy here.';

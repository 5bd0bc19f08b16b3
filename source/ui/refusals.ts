/** Why a key cannot act now, in words for the person who pressed it. */

import { type Side, sides } from '../config/types.ts';
import type { LivePair } from '../engine/snapshot.ts';
import type { KeyContext, RequestKind, RunningRequest } from './state.ts';

type Refusal = (context: KeyContext) => string | null;

const noPair = 'There is no pair to act on.';

const busyWith: Record<RequestKind, string> = {
	force: 'is being forced already',
	install: 'is having its triggers installed already',
	uninstall: 'is having its triggers removed already',
};

function alreadyRunning(pair: LivePair, requests: readonly RunningRequest[]): string | null {
	const running = requests.find((request) => request.pair === pair.name);
	return running ? `${pair.name} ${busyWith[running.kind]}; wait until that has ended.` : null;
}

function readOnly(pair: LivePair): string | null {
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
export const refuseForce: Refusal = ({ pair, requests }) => {
	if (!pair) return noPair;
	return readOnly(pair) ?? alreadyRunning(pair, requests);
};

export const refuseTriggers: Refusal = (context) => {
	const { pair, table, requests } = context;
	if (!pair) return noPair;
	const skipped = table?.skipped_reason
		? `${table.name} is skipped: ${table.skipped_reason}.`
		: null;
	return readOnly(pair) ?? skipped ?? alreadyRunning(pair, requests) ?? offline(pair);
};

export const refuseStarter: Refusal = ({ setup }) => {
	if (!setup) return 'There is a configuration already; add a pair to its "sync_pairs".';
	return setup.step === 'offered' ? null : `It is in ${setup.path} already.`;
};

export const refusePause: Refusal = ({ pair }) => (pair ? readOnly(pair) : noPair);

export const refuseWithoutPair: Refusal = ({ pair }) => (pair ? null : noPair);

/** Sends requests to the engine and reports their results. */

import { type Direction, directions, type Side } from '../../config/types.ts';
import { waysText } from '../../engine/api/forced-text.ts';
import type { RowInspection } from '../../engine/api/row-comparison.ts';
import type { EngineView, LivePair, TableSnapshot } from '../../engine/api/snapshot.ts';
import { asSyncError } from '../../errors.ts';
import { currentPair, keyContext } from '../lists/selection.ts';
import { logged, type Message } from '../state/messages.ts';
import type { RequestKind, ScreenStore } from '../state/state.ts';
import {
	dropLogQuestion,
	forgetQuestion,
	resolveQuestion,
	uninstallQuestion,
} from './confirmations.ts';
import { createInspecting } from './inspect.ts';

export type Say = (level: Message['level'], text: string, from: Message['from']) => void;

interface ActingOptions {
	engine: EngineView;
	store: ScreenStore;
	say: Say;
	now(): number;
	/** Writes the starter configuration and resolves to its path. */
	writeStarter?: (() => Promise<string>) | undefined;
}

interface Request {
	kind: RequestKind;
	pair: string;
	target?: string | null | undefined;
	label: string;
	/** False if the result does not go into the log. */
	logs?: boolean;
	/** The table that the request is limited to, for the log. */
	table?: string | undefined;
	/** Resolves to the result as a sentence. */
	work: () => Promise<string>;
}

const forces: Record<Direction, RequestKind> = {
	local_to_cloud: 'force to cloud',
	cloud_to_local: 'force to local',
};

export function createActing({ engine, store, say, now, writeStarter }: ActingOptions) {
	const { inspect, inspectRow, reread } = createInspecting(engine, store);
	let lastRequest = 0;

	/**
	 * Logs what a key did. The engine itself only reports runs and failures, and
	 * the pair's state does not tell when it changed.
	 */
	function log(pair: string, message: string, table?: string | undefined): void {
		const notice = { at: now(), level: 'info', pair, message, ...(table && { table }) } as const;
		store.setState((state) => ({ notices: logged(state, notice) }));
	}

	/** The engine works on one request per pair at a time; further requests wait there. */
	function request(asked: Request): void {
		const { kind, pair, target = null, label, logs = true, table, work } = asked;
		const id = ++lastRequest;
		const running = { id, kind, pair, target, label, startedAt: now() };
		store.setState(({ requests }) => ({ requests: [...requests, running], message: null }));
		work()
			.then(
				(done) => {
					if (logs) log(pair, done, table);
					// A success must not hide the error of the request before it.
					const { message } = store.getState();
					if (message?.level === 'error' && message.from === 'request') return;
					say('info', `${pair}: ${done}`, 'request');
				},
				(error: unknown) => say('error', asSyncError(error).describe(), 'request'),
			)
			.finally(() => {
				store.setState(({ requests }) => ({
					requests: requests.filter((each) => each.id !== id),
				}));
				// The request may have changed the row on screen.
				reread();
			});
	}

	function force(which: readonly Direction[]): void {
		const pair = currentPair(store.getState());
		const [only] = which;
		if (!pair || !only) return;
		const { name } = pair;
		request({
			kind: which.length === directions.length ? 'force both ways' : forces[only],
			pair: name,
			label: `forcing ${name} ${waysText(which)}`,
			// The engine reports each of its batches.
			logs: false,
			work: () => engine.force(name, which),
		});
	}

	function oneBatch(): void {
		const pair = currentPair(store.getState());
		if (!pair) return;
		const { name } = pair;
		request({
			kind: 'one batch',
			pair: name,
			label: `transferring one batch of ${name} each way`,
			logs: false,
			work: () => engine.force(name, directions, true),
		});
	}

	function install(): void {
		const { pair, table } = keyContext(store.getState());
		if (!pair) return;
		request({
			kind: 'install',
			pair: pair.name,
			target: table?.name,
			table: table?.name,
			label: `installing ${triggersNamed(pair, table)}`,
			work: () => engine.install(pair.name, table?.name),
		});
	}

	function uninstall(): void {
		const { pair, table } = keyContext(store.getState());
		if (!pair) return;
		const confirm = () =>
			request({
				kind: 'uninstall',
				pair: pair.name,
				target: table?.name,
				table: table?.name,
				label: `removing ${triggersNamed(pair, table)}`,
				work: () => engine.uninstall(pair.name, table?.name),
			});
		store.setState({ question: uninstallQuestion(pair, table, confirm) });
	}

	function dropLog(): void {
		const pair = currentPair(store.getState());
		if (!pair) return;
		const { name } = pair;
		const confirm = () =>
			request({
				kind: 'drop log',
				pair: name,
				label: `dropping the change log of ${name}`,
				work: () => engine.dropLog(name),
			});
		store.setState({ question: dropLogQuestion(pair, confirm) });
	}

	function forget(): void {
		const { pair, node } = keyContext(store.getState());
		if (!pair || !node) return;
		const confirm = () =>
			request({
				kind: 'forget',
				pair: pair.name,
				target: node.node_id,
				label: `forgetting node ${node.node_id}`,
				work: () => engine.forget(pair.name, node.node_id),
			});
		store.setState({ question: forgetQuestion(pair, node, now(), confirm) });
	}

	function retry(all: boolean): void {
		const { pair, parked } = keyContext(store.getState());
		const one = all ? null : parked;
		if (!pair || (!all && !one)) return;
		request({
			kind: 'retry',
			pair: pair.name,
			target: one?.id,
			label: one
				? `retrying ${one.table} ${one.key} of ${pair.name}`
				: `retrying the parked changes of ${pair.name}`,
			work: () => engine.retry(pair.name, one?.id),
		});
	}

	function resolve(keep: Side): void {
		const { pair, conflict } = keyContext(store.getState());
		if (!pair || !conflict) return;
		const confirm = () =>
			request({
				kind: 'resolve',
				pair: pair.name,
				target: conflict.id,
				label: `keeping the ${keep} version of ${conflict.table} ${conflict.key}`,
				work: () => engine.resolve(pair.name, conflict.id, keep),
			});
		const ask = (row: RowInspection | null) =>
			resolveQuestion(pair, conflict, keep, row?.now.there ?? null, confirm);
		const { inspected } = store.getState();
		const reading = inspected?.kind === 'conflict' ? inspected.reading : null;
		store.setState({ question: ask(reading?.step === 'read' ? reading.row : null) });
		// Read the row (again), so that the question can say overwritten or deleted.
		const { table, row_key, id } = conflict;
		engine.inspect(pair.name, { table, row_key, conflict: id }).then(
			(row) => {
				const still = store.getState().question?.confirm === confirm;
				if (still) store.setState({ question: ask(row) });
			},
			// The question stays as it is, without the part that is unknown.
			() => undefined,
		);
	}

	function pauseOrResume(): void {
		const pair = currentPair(store.getState());
		if (!pair) return;
		const { name } = pair;
		// The store lags behind the engine: pressing p twice must not pause twice.
		const latest = engine.snapshot().pairs.find((each) => each.name === name) ?? pair;
		const resumes = latest.state === 'paused';
		const when = pair.state === 'running' ? ' after the current batch' : '';
		const words = resumes ? 'resumed' : `paused${when}; f still forces a batch`;
		const done = resumes ? engine.resume(name) : engine.pause(name);
		say('info', `${name}: ${words}`, 'key');
		done.then(
			() => log(name, resumes ? 'resumed' : 'paused'),
			(error: unknown) => say('error', asSyncError(error).describe(), 'key'),
		);
	}

	function starter(): void {
		const { setup } = store.getState();
		if (setup?.step !== 'offered' || !writeStarter) return;
		store.setState({ setup: { ...setup, step: 'writing' }, message: null });
		writeStarter().then(
			(path) => store.setState({ setup: { path, step: 'written' } }),
			(error: unknown) => {
				store.setState({ setup });
				say('error', asSyncError(error).describe(), 'request');
			},
		);
	}

	return {
		force,
		oneBatch,
		install,
		uninstall,
		dropLog,
		forget,
		retry,
		resolve,
		pauseOrResume,
		inspect,
		inspectRow,
		reread,
		writeStarter: starter,
	};
}

function triggersNamed(pair: LivePair, table: TableSnapshot | null): string {
	return `the triggers of ${pair.name}${table === null ? '' : `, table ${table.name}`}`;
}

/** What keys ask of the engine, and what is said of how it went. */

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
	/** Whether the log keeps what came of it; by default it does. */
	logs?: boolean;
	/** The table it is about alone, for the log. */
	table?: string | undefined;
	/** Resolves to what came of it, in words. */
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
	 * Keeps in the log what a key brought about: the engine tells of runs, and of what fails. The words
	 * of a pair's state would not say since when it is so.
	 */
	function log(pair: string, message: string, table?: string | undefined): void {
		const notice = { at: now(), level: 'info', pair, message, ...(table && { table }) } as const;
		store.setState((state) => ({ notices: logged(state, notice) }));
	}

	/** The engine does one thing at a time for a pair: what is asked for meanwhile waits there. */
	function request(asked: Request): void {
		const { kind, pair, target = null, label, logs = true, table, work } = asked;
		const id = ++lastRequest;
		const running = { id, kind, pair, target, label, startedAt: now() };
		store.setState(({ requests }) => ({ requests: [...requests, running], message: null }));
		work()
			.then(
				(done) => {
					if (logs) log(pair, done, table);
					// One that went well does not hide why the one before did not.
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
				// What is looked at closely may be what the request was about.
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
			// Its batches are told.
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
			label: `moving one batch each way of ${name}`,
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
			label: `installing ${triggersText(pair, table)}`,
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
				label: `removing ${triggersText(pair, table)}`,
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
				label: `forgetting the node ${node.node_id}`,
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
				? `trying ${one.table} ${one.key} of ${pair.name} again`
				: `trying the parked changes of ${pair.name} again`,
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
		// Whether a row is overwritten or deleted is worth reading it, or reading it anew.
		const { table, row_key, id } = conflict;
		engine.inspect(pair.name, { table, row_key, conflict: id }).then(
			(row) => {
				const still = store.getState().question?.confirm === confirm;
				if (still) store.setState({ question: ask(row) });
			},
			// The question stands as it is: what is not known is not said.
			() => undefined,
		);
	}

	function pauseOrResume(): void {
		const pair = currentPair(store.getState());
		if (!pair) return;
		const { name } = pair;
		// The store follows the engine a moment later: p pressed twice must not pause twice.
		const latest = engine.snapshot().pairs.find((each) => each.name === name) ?? pair;
		const resumes = latest.state === 'paused';
		const when = pair.state === 'running' ? ' after the batch in hand' : '';
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

function triggersText(pair: LivePair, table: TableSnapshot | null): string {
	return `the triggers of ${pair.name}${table === null ? '' : `, table ${table.name}`}`;
}

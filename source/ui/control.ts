/** What keys do: they move about in the store, or ask something of the engine. */

import { type Direction, directions } from '../config/types.ts';
import type { EngineView } from '../engine/snapshot.ts';
import { asSyncError } from '../errors.ts';
import { type ActionId, bindingFor, bindingsOf } from './keys.ts';
import { uninstallQuestion } from './questions.ts';
import {
	changesList,
	currentPair,
	currentTable,
	cursorIndex,
	helpList,
	keyContext,
	type Message,
	openPair,
	pairsList,
	type RequestKind,
	type ScreenState,
	type ScreenStore,
	tablesList,
	viewBehind,
	viewOf,
} from './state.ts';

export interface ControlOptions {
	engine: EngineView;
	store: ScreenStore;
	/** Leaves the screen; `key` says what asked for it. */
	quit(key: string): void;
	suspend(): void;
	redraw(): void;
	/** Writes the starter configuration and resolves to its path. */
	writeStarter?: (() => Promise<string>) | undefined;
	now(): number;
}

export interface Control {
	/** `alone` says that no other key came with it, as one would in a pasted text. */
	press(key: string, alone?: boolean): void;
	/** Tells how many rows of a list are on screen, for moving by pages. */
	shows(list: string, rows: number): void;
}

const ways: Record<Direction, string> = {
	local_to_cloud: 'from local to cloud',
	cloud_to_local: 'from cloud to local',
};

export function createControl(options: ControlOptions): Control {
	const { engine, store, now } = options;
	const pages = new Map<string, number>();
	let lastRequest = 0;

	function say(level: Message['level'], text: string, from: Message['from']): void {
		store.setState({ message: { level, lines: text.split('\n'), at: now(), from } });
	}

	function request(kind: RequestKind, pair: string, label: string, work: () => Promise<string>) {
		const id = ++lastRequest;
		const running = { id, kind, pair, label, startedAt: now() };
		store.setState(({ requests }) => ({ requests: [...requests, running], message: null }));
		work()
			.then(
				(done) => say('info', `${pair}: ${done}`, 'request'),
				(error: unknown) => say('error', asSyncError(error).describe(), 'request'),
			)
			.finally(() => {
				store.setState(({ requests }) => ({
					requests: requests.filter((each) => each.id !== id),
				}));
			});
	}

	function force(which: readonly Direction[]): void {
		const pair = currentPair(store.getState());
		if (!pair) return;
		const { name } = pair;
		const way = which.length === 2 ? 'both ways' : which.map((each) => ways[each]).join('');
		request('force', name, `forcing ${name} ${way}`, async () => {
			await engine.force(name, which);
			return `ran ${way}`;
		});
	}

	function install(): void {
		const state = store.getState();
		const pair = currentPair(state);
		if (!pair) return;
		const table = currentTable(state)?.name;
		const what = table === undefined ? pair.name : `${pair.name}, table ${table}`;
		request('install', pair.name, `installing the triggers of ${what}`, () =>
			engine.install(pair.name, table),
		);
	}

	function uninstall(): void {
		const state = store.getState();
		const pair = currentPair(state);
		if (!pair) return;
		const table = currentTable(state);
		const what = table === null ? pair.name : `${pair.name}, table ${table.name}`;
		const confirm = () =>
			request('uninstall', pair.name, `removing the triggers of ${what}`, () =>
				engine.uninstall(pair.name, table?.name),
			);
		store.setState({ question: uninstallQuestion(pair, table, confirm) });
	}

	function pauseOrResume(): void {
		const pair = currentPair(store.getState());
		if (!pair) return;
		try {
			// The store follows the engine a moment later: p pressed twice must not pause twice.
			const now = engine.snapshot().pairs.find(({ name }) => name === pair.name) ?? pair;
			if (now.state === 'paused') {
				engine.resume(pair.name);
				say('info', `${pair.name}: resumed`, 'key');
			} else {
				engine.pause(pair.name);
				const when = pair.state === 'running' ? ' after the batch in hand' : '';
				say('info', `${pair.name}: paused${when}; f still forces a batch`, 'key');
			}
		} catch (error) {
			say('error', asSyncError(error).describe(), 'key');
		}
	}

	function writeStarter(): void {
		const { setup } = store.getState();
		const write = options.writeStarter;
		if (setup?.step !== 'offered' || !write) return;
		store.setState({ setup: { ...setup, step: 'writing' }, message: null });
		write().then(
			(path) => store.setState({ setup: { path, step: 'written' } }),
			(error: unknown) => {
				store.setState({ setup });
				say('error', asSyncError(error).describe(), 'request');
			},
		);
	}

	/** Moves the cursor of the list in view; `to` gets its index, its last index and its page. */
	function move(to: (index: number, last: number, page: number) => number): void {
		const state = store.getState();
		if (state.helpOpen) {
			const rows = pages.get(helpList) ?? 1;
			const last = Math.max(0, bindingsOf(viewBehind(state)).length - rows);
			const top = to(state.helpTop, last, Math.max(1, rows - 1));
			store.setState({ helpTop: Math.min(last, Math.max(0, top)) });
			return;
		}
		const found = listInView(state);
		if (!found || found.keys.length === 0) return;
		const { list, keys } = found;
		const last = keys.length - 1;
		const page = Math.max(1, (pages.get(list) ?? 1) - 1);
		const wanted = to(cursorIndex(state, list, keys), last, page);
		const index = Math.min(last, Math.max(0, wanted));
		store.setState({
			cursors: { ...state.cursors, [list]: { key: keys[index] ?? null, index } },
		});
	}

	function openTab(tab: ScreenState['tab']): void {
		store.setState({ tab });
	}

	const actions: Record<ActionId, (key: string) => void> = {
		up: () => move((index) => index - 1),
		down: () => move((index) => index + 1),
		page_up: () => move((index, _last, page) => index - page),
		page_down: () => move((index, _last, page) => index + page),
		first: () => move(() => 0),
		last: () => move((_index, last) => last),
		open: () => store.setState((state) => ({ pair: currentPair(state)?.name ?? null })),
		back: () => store.setState({ pair: null }),
		next_tab: () => openTab(store.getState().tab === 'changes' ? 'tables' : 'changes'),
		changes_tab: () => openTab('changes'),
		tables_tab: () => openTab('tables'),
		left_list: () => store.setState({ direction: 'local_to_cloud' }),
		right_list: () => store.setState({ direction: 'cloud_to_local' }),
		force_both: () => force(directions),
		force_to_cloud: () => force(['local_to_cloud']),
		force_to_local: () => force(['cloud_to_local']),
		install,
		uninstall,
		pause: pauseOrResume,
		write_starter: writeStarter,
		help: () => store.setState({ helpOpen: true, helpTop: 0 }),
		close_help: () => store.setState({ helpOpen: false }),
		yes: () => {
			const { question } = store.getState();
			store.setState({ question: null });
			question?.confirm();
		},
		no: () => {
			store.setState({ question: null });
			say('info', 'Left as it is.', 'key');
		},
		redraw: options.redraw,
		suspend: options.suspend,
		quit: options.quit,
	};

	return {
		press(key, alone = true) {
			const state = store.getState();
			const binding = bindingFor(viewOf(state), key);
			if (!binding || (state.finishing && binding.action !== 'quit')) return;
			// Nobody has read a question that is answered in one go with what asked it.
			if (binding.action === 'yes' && !alone) return;
			if (state.message?.from === 'key') store.setState({ message: null });
			const reason = binding.refuse?.(keyContext(state));
			if (reason) say('warning', reason, 'key');
			else actions[binding.action](key);
		},
		shows(list, rows) {
			pages.set(list, rows);
		},
	};
}

function listInView(state: ScreenState): { list: string; keys: string[] } | null {
	const view = viewBehind(state);
	if (view === 'pairs') {
		return { list: pairsList, keys: state.snapshot.pairs.map(({ name }) => name) };
	}
	const pair = openPair(state);
	if (!pair) return null;
	if (view === 'tables') {
		return { list: tablesList(pair.name), keys: pair.tables.map(({ name }) => name) };
	}
	const { direction } = state;
	const keys = pair.changes[direction].map(({ id }) => id);
	return { list: changesList(pair.name, direction), keys };
}

/** The action behind each key: it changes the store or sends a request to the engine. */

import { directions } from '../../config/types.ts';
import type { EngineView } from '../../engine/api/snapshot.ts';
import { plural } from '../../text/words.ts';
import type { ActionId } from '../keys/binding.ts';
import { bindingFor } from '../keys/bindings.ts';
import { type Copyable, copyable, keyToCopy } from '../keys/copyable.ts';
import { helpList } from '../lists/lists.ts';
import { currentPair, keyContext } from '../lists/selection.ts';
import { type ScreenStore, tabs, viewOf } from '../state/state.ts';
import { createMoving } from './navigate.ts';
import { createActing, type Say } from './requests.ts';
import { createAsking } from './row-prompt.ts';

/** The result of sending text to the terminal's clipboard. */
export interface Copied {
	sent: boolean;
	/** The condition for success, or the reason for failure. */
	words: string;
}

export interface ControlOptions {
	engine: EngineView;
	store: ScreenStore;
	/** Leaves the screen. `key` is the key that was pressed. */
	quit(key: string): void;
	suspend(): void;
	redraw(): void;
	/** Sends text to the terminal's clipboard. */
	copy(text: string): Copied;
	/** Writes the starter configuration and resolves to its path. */
	writeStarter?: (() => Promise<string>) | undefined;
	now(): number;
}

export interface Control {
	/** @param alone false if the key arrived together with others, as in pasted text */
	press(key: string, alone?: boolean): void;
	/** Reports how many rows of a list are on screen, for paging. */
	shows(list: string, rows: number): void;
}

/** Characters of the copied text that the message repeats. */
const repeated = 60;

export function createControl(options: ControlOptions): Control {
	const { engine, store, now, writeStarter } = options;
	const pages = new Map<string, number>();
	const say: Say = (level, text, from) => {
		store.setState({ message: { level, lines: text.split('\n'), at: now(), from } });
	};
	const acting = createActing({ engine, store, say, now, writeStarter });
	const moving = createMoving(store, pages);
	const asking = createAsking(store);

	function copy(found: Copyable | null): void {
		if (!found) return;
		const { sent, words } = options.copy(found.text);
		if (!sent) {
			say('warning', `${found.what} was not copied: ${words}`, 'key');
			return;
		}
		const [...signs] = found.text.replaceAll(/\s+/g, ' ');
		const shown = signs.length > repeated ? plural(signs.length, 'character') : signs.join('');
		const altered = found.altered ? '\nControl characters were replaced with visible symbols.' : '';
		say(
			'info',
			`sent ${found.what} to the terminal's clipboard: ${shown}\n${words}${altered}`,
			'key',
		);
	}

	function openPair(): void {
		const name = currentPair(store.getState())?.name ?? null;
		store.setState({ pair: name, tab: 'overview', inspected: null, changesOf: null });
	}

	function changesOfTable(): void {
		const { table } = keyContext(store.getState());
		if (table) store.setState({ tab: 'changes', changesOf: table.name });
	}

	const actions: Record<ActionId, (key: string) => void> = {
		up: () => moving.move((index) => index - 1),
		down: () => moving.move((index) => index + 1),
		page_up: () => moving.move((index, _last, page) => index - page),
		page_down: () => moving.move((index, _last, page) => index + page),
		first: () => moving.moveToEnd('oldest'),
		last: () => moving.moveToEnd('newest'),
		open: openPair,
		changes_of_table: changesOfTable,
		inspect: acting.inspect,
		reread: acting.reread,
		back: moving.back,
		next_tab: () => moving.turnTab(1),
		previous_tab: () => moving.turnTab(-1),
		tab: (key) => moving.openTab(tabs[Number(key) - 1] ?? 'overview'),
		left_list: () => store.setState({ direction: 'local_to_cloud' }),
		right_list: () => store.setState({ direction: 'cloud_to_local' }),
		filter: moving.startFilter,
		keep_filter: () => store.setState({ filtering: null }),
		clear_filter: moving.clearFilter,
		ask_for_row: asking.start,
		look_at_row: () => {
			const { asking: row } = store.getState();
			if (!row || row.key.trim() === '') return;
			asking.leave();
			acting.inspectRow(row);
		},
		leave_asking: asking.leave,
		erase_of_key: asking.erase,
		erase: moving.erase,
		force_both: () => acting.force(directions),
		one_batch: acting.oneBatch,
		force_to_cloud: () => acting.force(['local_to_cloud']),
		force_to_local: () => acting.force(['cloud_to_local']),
		install: acting.install,
		uninstall: acting.uninstall,
		drop_log: acting.dropLog,
		nodes: () => store.setState({ tab: 'nodes' }),
		forget: acting.forget,
		retry: () => acting.retry(false),
		retry_all: () => acting.retry(true),
		keep_local: () => acting.resolve('local'),
		keep_cloud: () => acting.resolve('cloud'),
		pause: acting.pauseOrResume,
		copy: () => copy(copyable(keyContext(store.getState()))),
		copy_key: () => copy(keyToCopy(keyContext(store.getState()))),
		write_starter: acting.writeStarter,
		help: () => {
			const { tops, filters } = store.getState();
			store.setState({
				helpOpen: true,
				tops: { ...tops, [helpList]: 0 },
				filters: { ...filters, [helpList]: '' },
			});
		},
		close_help: moving.closeHelp,
		yes: () => {
			const { question } = store.getState();
			store.setState({ question: null });
			question?.confirm();
		},
		no: () => {
			store.setState({ question: null });
			say('info', 'Cancelled. Nothing was changed.', 'key');
		},
		redraw: options.redraw,
		suspend: options.suspend,
		quit: options.quit,
	};

	return {
		press(key, alone = true) {
			const state = store.getState();
			const view = viewOf(state);
			const binding = bindingFor(view, key);
			if (state.finishing && binding?.action !== 'quit') return;
			if (!binding) {
				if ([...key].length !== 1) return;
				if (view === 'filter') moving.type(key);
				else if (view === 'ask') asking.type(key);
				return;
			}
			// Input that opens a question and answers it in one chunk was not read by anybody.
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

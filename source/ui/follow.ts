/** Carries what the engine publishes into the store, a few times a second at most. */

import type { EngineView, Notice } from '../engine/snapshot.ts';
import { withNotice } from './messages.ts';
import type { ScreenState, ScreenStore } from './state.ts';

/** Milliseconds between two updates of the screen that the engine causes. */
const shortestPause = 100;

/** Follows the engine until the returned function is called. */
export function followEngine(engine: EngineView, store: ScreenStore): () => void {
	let timer: NodeJS.Timeout | undefined;
	let updatedAt = 0;
	let notices: Notice[] = [];

	const update = () => {
		timer = undefined;
		updatedAt = Date.now();
		const fresh = notices;
		notices = [];
		store.setState((before) => {
			let state: ScreenState = { ...before, snapshot: engine.snapshot() };
			for (const notice of fresh) state = { ...state, ...withNotice(state, notice) };
			return state;
		});
	};
	const soon = () => {
		timer ??= setTimeout(update, Math.max(0, updatedAt + shortestPause - Date.now()));
	};

	const undo = [
		engine.subscribe(soon),
		engine.onNotice((notice) => {
			notices.push(notice);
			soon();
		}),
		store.subscribe((state, before) => {
			if (state.pair === before.pair && state.changesOf === before.changesOf) return;
			engine.watch(state.pair, state.changesOf);
		}),
	];
	return () => {
		clearTimeout(timer);
		for (const step of undo) step();
	};
}

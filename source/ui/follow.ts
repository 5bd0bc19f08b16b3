/** Carries what the engine publishes into the store, a few times a second at most. */

import type { EngineSnapshot, EngineView, Notice } from '../engine/snapshot.ts';
import type { Clock } from './clock.ts';
import { withNotice } from './messages.ts';
import { sameForNow } from './pace.ts';
import type { ScreenState, ScreenStore } from './state.ts';

/** Milliseconds between two updates of the screen that the engine causes. */
const shortestPause = 100;

/**
 * Follows the engine until the returned function is called. What came of a look but other times and
 * latencies waits for the next tick of the clock, and is drawn with that.
 */
export function followEngine(engine: EngineView, store: ScreenStore, clock: Clock): () => void {
	let timer: NodeJS.Timeout | undefined;
	let updatedAt = 0;
	let notices: Notice[] = [];
	let waiting = false;
	let shown: EngineSnapshot | null = null;

	const update = () => {
		clearTimeout(timer);
		timer = undefined;
		waiting = false;
		const snapshot = engine.snapshot();
		shown = snapshot;
		updatedAt = Date.now();
		const fresh = notices;
		notices = [];
		store.setState((before) => {
			let state: ScreenState = { ...before, snapshot };
			for (const notice of fresh) state = { ...state, ...withNotice(state, notice) };
			return state;
		});
	};
	const soon = () => {
		timer ??= setTimeout(update, Math.max(0, updatedAt + shortestPause - Date.now()));
	};

	const undo = [
		engine.subscribe(() => {
			if (sameForNow(shown, engine.snapshot())) waiting = true;
			else soon();
		}),
		clock.onTick(() => {
			if (waiting) update();
		}),
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

/** Copies the engine's snapshots and notices into the store, at a limited rate. */

import { isSameListing, type Listing, listingOf } from '../../engine/api/listing.ts';
import type { EngineSnapshot, EngineView, Notice } from '../../engine/api/snapshot.ts';
import { wantedListing, withPages } from '../lists/pages.ts';
import type { ScreenClock } from '../state/clock.ts';
import { withNotice } from '../state/messages.ts';
import { sameForNow } from '../state/redraw-pace.ts';
import type { ScreenState, ScreenStore } from '../state/state.ts';

/** Minimum milliseconds between two screen updates caused by the engine. */
const shortestPause = 100;

/** Milliseconds without a keystroke before a filter is sent to the engine. */
const typingPause = 200;

/**
 * Follows the engine until the returned function is called. A snapshot that differs only in times and
 * latencies is drawn at the next clock tick.
 */
export function followEngine(
	engine: EngineView,
	store: ScreenStore,
	clock: ScreenClock,
): () => void {
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
			return withPages(state);
		});
	};
	const soon = () => {
		timer ??= setTimeout(update, Math.max(0, updatedAt + shortestPause - Date.now()));
	};

	let asked: { pair: string | null; listing: Listing } = { pair: null, listing: listingOf() };
	let asking: NodeJS.Timeout | undefined;
	const ask = (state: ScreenState) => {
		clearTimeout(asking);
		const { pair } = state;
		const listing = wantedListing(state);
		if (pair === asked.pair && isSameListing(listing, asked.listing)) return;
		const watch = () => {
			asked = { pair, listing };
			if (pair === null) engine.watch(null);
			else engine.watch(pair, listing);
		};
		const typing = pair === asked.pair && state.filtering !== null;
		if (typing) asking = setTimeout(watch, typingPause);
		else watch();
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
		store.subscribe(ask),
	];
	return () => {
		clearTimeout(timer);
		clearTimeout(asking);
		for (const step of undo) step();
	};
}

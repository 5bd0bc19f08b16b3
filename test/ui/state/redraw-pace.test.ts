import { expect, test } from 'vitest';
import { isTickDue, paceOf, sameForNow } from '../../../source/ui/state/redraw-pace.ts';
import { createScreenStore } from '../../../source/ui/state/state.ts';
import { pair as makePair } from '../../support/fake-engine.ts';

const now = Date.parse('2026-01-02T12:00:00Z');

function screenOf(pair: ReturnType<typeof makePair>) {
	const snapshot = { node_id: 'site', pairs: [pair] };
	const size = { columns: 80, rows: 24 };
	return createScreenStore({ snapshot, size, setupPath: null }).getState();
}

/** Nothing pending, nothing said, and the next run is far away. */
function atRest() {
	const nothing = { pending: 0, oldest_pending_seconds: null, errors: 0, last_batch: null };
	const directions = { local_to_cloud: nothing, cloud_to_local: nothing };
	return makePair('shop', { state: 'idle', directions, next_run_at: now + 300_000 });
}

/** Whether a screen that shows one state of a pair is to be drawn while the engine knows another. */
function isDue(shown: ReturnType<typeof makePair>, known: typeof shown, sinceLatest: number) {
	const snapshot = { node_id: 'site', pairs: [known] };
	return isTickDue(screenOf(shown), now, now - sinceLatest, snapshot, 2000);
}

test('a screen at rest is drawn every half a minute', () => {
	const pair = { ...atRest(), looked_at: now };
	const isDrawn = (sinceLatest: number) => isDue(pair, pair, sinceLatest);
	expect(paceOf(screenOf(pair), now)).toBe(10_000);
	expect(isDrawn(10_000)).toBe(false);
	expect(isDrawn(20_000)).toBe(false);
	expect(isDrawn(30_000)).toBe(true);
});

test('a screen at rest is drawn within ten seconds when the engine looks no more', () => {
	const shown = { ...atRest(), looked_at: now - 7000 };
	expect(isDue(shown, { ...shown, looked_at: now - 1000 }, 10_000)).toBe(false);
	expect(isDue(shown, shown, 10_000)).toBe(true);
});

test('a screen that is at rest no more is drawn at once', () => {
	const pair = { ...atRest(), looked_at: now };
	expect(isDue({ ...pair, next_run_at: now + 55_000 }, pair, 1000)).toBe(true);
});

test('a screen with something that is less than a minute old, or soon due, is drawn every second', () => {
	const { directions } = atRest();
	const pending = { ...directions.local_to_cloud, pending: 1, oldest_pending_seconds: 3 };
	const at = new Date(now - 20_000).toISOString();
	const moved = { ...directions.local_to_cloud, last_batch: { at, applied: 1, milliseconds: 5 } };
	for (const change of [
		{ state: 'running' as const },
		{ next_run_at: now + 30_000 },
		{ directions: { ...directions, local_to_cloud: pending } },
		{ directions: { ...directions, cloud_to_local: moved } },
	]) {
		expect(paceOf(screenOf({ ...atRest(), ...change }), now)).toBe(1000);
	}
});

test('another latency alone is no reason to draw', () => {
	const pair = atRest();
	const snapshot = (latency_ms: number, pending: number) => ({
		node_id: 'site',
		pairs: [
			{
				...pair,
				looked_at: now + latency_ms,
				local: { ...pair.local, latency_ms },
				conflicts: pending,
			},
		],
	});
	expect(sameForNow(snapshot(1, 0), snapshot(2, 0))).toBe(true);
	expect(sameForNow(snapshot(1, 0), snapshot(1, 1))).toBe(false);
});

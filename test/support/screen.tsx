/** The whole screen on an engine in memory, rendered for tests without a terminal. */

import { setImmediate } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { cleanup, render } from 'ink-testing-library';
import { onTestFinished, vi } from 'vitest';
import type { LivePair } from '../../source/engine/api/snapshot.ts';
import { type Control, createControl } from '../../source/ui/actions/control.ts';
import { App } from '../../source/ui/app/app.tsx';
import { followEngine } from '../../source/ui/app/follow-engine.ts';
import { createTheme } from '../../source/ui/drawing/theme.ts';
import { createScreenStore, type ScreenStore } from '../../source/ui/state/state.ts';
import { FakeEngine } from './fake-engine.ts';

/** The time on the screen's clock: 2026-01-02 12:00:00 UTC. */
export const noon = Date.UTC(2026, 0, 2, 12);

/** ISO 8601, some seconds before noon. */
export function beforeNoon(seconds: number): string {
	return new Date(noon - seconds * 1000).toISOString();
}

export interface ShownScreen {
	engine: FakeEngine;
	store: ScreenStore;
	control: Control;
	/** What asked to quit, to suspend or to redraw. */
	asked: string[];
	/** The lines on screen, without colours and trailing blanks. */
	lines(): string[];
	text(): string;
	/** The last frame as it is sent to the terminal. */
	frame(): string;
	/** Types, as a terminal sends it. */
	press(keys: string): Promise<void>;
	/** Lets the clock of the screen go on. */
	pass(milliseconds: number): Promise<void>;
	/** Waits until the screen shows something. */
	shows(wanted: string | RegExp): Promise<void>;
}

/** React draws in a microtask and runs effects in a separate task. */
async function settled(): Promise<void> {
	await setImmediate();
	await setImmediate();
}

interface ScreenSetting {
	columns?: number;
	rows?: number;
	unicode?: boolean;
	colour?: boolean;
	writeStarter?: () => Promise<string>;
}

/** Resolves once the screen listens to keys and to its clock. */
export async function showScreen(
	pairs: LivePair[],
	setting: ScreenSetting = {},
): Promise<ShownScreen> {
	const { columns = 80, rows = 24, unicode = true, colour = false, writeStarter } = setting;
	const engine = new FakeEngine(pairs);
	const asked: string[] = [];
	const ticking = new Set<() => void>();
	let time = noon;
	const clock = {
		now: () => time,
		onTick(listener: () => void) {
			ticking.add(listener);
			return () => ticking.delete(listener);
		},
	};
	const store = createScreenStore({
		snapshot: engine.snapshot(),
		size: { columns, rows },
		setupPath: writeStarter ? '/etc/config.json' : null,
	});
	const control = createControl({
		engine,
		store,
		quit: (key) => asked.push(`quit by ${key}`),
		suspend: () => asked.push('suspend'),
		redraw: () => asked.push('redraw'),
		copy: (copied) => {
			asked.push(`copy ${copied}`);
			return { sent: copied.length < 100, words: 'It is not certain.' };
		},
		writeStarter,
		now: clock.now,
	});
	const unfollow = followEngine(engine, store, clock);
	const screen = render(
		<App
			store={store}
			control={control}
			theme={createTheme({ colour, unicode })}
			clock={clock}
			version="1.2.3"
			configPath="/etc/config.json"
			refresh={2000}
		/>,
	);
	onTestFinished(() => {
		unfollow();
		screen.unmount();
		cleanup();
	});
	// Effects run after the first frame; keys pressed before that would be lost.
	while (screen.stdin.listenerCount('readable') === 0) await setImmediate();
	const frame = () => screen.lastFrame() ?? '';
	const lines = () =>
		stripVTControlCharacters(frame())
			.split('\n')
			.map((line) => line.trimEnd());
	const text = () => lines().join('\n');
	return {
		engine,
		store,
		control,
		asked,
		lines,
		text,
		frame,
		async press(keys) {
			screen.stdin.write(keys);
			await settled();
		},
		async pass(milliseconds) {
			time += milliseconds;
			for (const listener of ticking) listener();
			await settled();
		},
		shows: (wanted) =>
			vi.waitFor(() => {
				const shown = text();
				if (typeof wanted === 'string' ? shown.includes(wanted) : wanted.test(shown)) return;
				throw new Error(`The screen does not show ${String(wanted)}. It shows:\n${shown}`);
			}),
	};
}

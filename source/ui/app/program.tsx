/** Assembles the screen from the terminal, the store, the engine and Ink. */

import { render } from 'ink';
import type { EngineView } from '../../engine/api/snapshot.ts';
import { TerminalSession, type TerminalStreams } from '../../terminal/session.ts';
import { createControl } from '../actions/control.ts';
import { readerTheme, themeFor } from '../drawing/theme.ts';
import { systemClock } from '../state/clock.ts';
import { isTickDue, paceOf } from '../state/redraw-pace.ts';
import { createScreenStore } from '../state/state.ts';
import { App } from './app.tsx';
import { followEngine } from './follow-engine.ts';
import type { ExitReason, ScreenOptions } from './options.ts';
import { announcements, cursor, readAnew, spokenLine, wantsReader } from './screen-reader.ts';

/** Runs the screen on a terminal until the user quits or a signal arrives. */
export async function runProgram(
	engine: EngineView,
	options: ScreenOptions,
	streams: TerminalStreams,
): Promise<ExitReason> {
	const { configPath, setup, version, onQuit, failure, refresh = 2000 } = options;
	const session = new TerminalSession(
		streams,
		wantsReader(process.env) ? { inWords: spokenLine, cursor } : undefined,
	);
	const { reader } = session;
	const store = createScreenStore({
		snapshot: engine.snapshot(),
		size: session.size,
		setupPath: setup?.path ?? null,
	});

	const clock = systemClock(
		() => paceOf(store.getState(), Date.now()),
		(now, latest) => isTickDue(store.getState(), now, latest, engine.snapshot(), refresh),
	);

	let leave: (reason: ExitReason) => void = () => undefined;
	let fail: (error: unknown) => void = () => undefined;
	const left = new Promise<ExitReason>((resolve, reject) => {
		leave = resolve;
		fail = reject;
	});
	const quit = (key: string) => {
		const cause = key === 'q' ? 'quit' : 'interrupt';
		if (!onQuit || store.getState().finishing) {
			leave({ cause, finished: false });
			return;
		}
		store.setState({ finishing: true, helpOpen: false, question: null });
		onQuit().then(() => leave({ cause, finished: true }), fail);
	};
	const control = createControl({
		engine,
		store,
		quit,
		suspend: () => session.suspend(),
		redraw: () => session.redraw(),
		copy: (text) => session.copy(text),
		writeStarter: setup?.writeStarter,
		now: () => Date.now(),
	});

	session.open();
	// Subscribed before Ink, so that the reader expects the frame which Ink draws for this change.
	const unread = store.subscribe((now, before) => {
		const anew = readAnew(now, before);
		if (anew === 'whole') reader?.expectWhole();
		if (anew === 'changes') reader?.expectChanges();
		for (const text of reader ? announcements(now, before) : []) reader?.announce(text);
	});
	const unfollow = followEngine(engine, store, clock);
	const unwatchSize = session.onResize(() => store.setState({ size: session.size }));
	const ink = render(
		<App
			store={store}
			control={control}
			theme={reader ? readerTheme() : themeFor(process.env)}
			clock={clock}
			version={version}
			configPath={configPath}
			refresh={refresh}
		/>,
		{
			// Ink uses nothing of its streams that ScreenOutput lacks.
			stdout: session.output as unknown as NodeJS.WriteStream,
			stdin: streams.stdin,
			stderr: streams.stderr,
			// Every write is one whole frame then; terminal/redraw.ts says why Ink does not send them itself.
			debug: true,
			// Ink's own reader mode redraws its boxes on every change.
			isScreenReaderEnabled: false,
			exitOnCtrlC: false,
			patchConsole: false,
		},
	);
	// Settles early only if rendering failed.
	ink.waitUntilExit().catch(fail);
	failure?.catch(fail);
	try {
		return await Promise.race([
			left,
			session.ended.then((cause): ExitReason => ({ cause, finished: false })),
		]);
	} finally {
		unread();
		unfollow();
		unwatchSize();
		ink.unmount();
		await session.close();
		engine.watch(null);
	}
}

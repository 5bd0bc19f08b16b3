import type { Frame } from '../drawing/frame.ts';
import { Lines } from '../drawing/lines.tsx';
import { line, rule, type Span, span } from '../drawing/spans.ts';
import type { Setup } from '../state/state.ts';

function offer({ path, step }: Setup): Span[][] {
	return [
		[span('   No pair of databases is configured yet.')],
		[],
		[
			span('   Enter', 'key'),
			span(
				step === 'writing' ? '  writing' : '  writes a first configuration for you to fill in to',
			),
		],
		[span(`          ${path}`, 'strong')],
		[],
		[span('   q', 'key'), span('      quits without changing anything')],
	];
}

function next(path: string): Span[][] {
	return [
		[span('   A first configuration was written to')],
		[span(`     ${path}`, 'strong')],
		[],
		[span('   Next steps:')],
		[span('   1  ', 'key'), span('edit it: fill in both databases and set "enabled" to true')],
		[span('   2  ', 'key'), span('check it:  '), span('mysql-sync-tui config check', 'strong')],
		[
			span('   3  ', 'key'),
			span('quit with q and start '),
			span('mysql-sync-tui', 'strong'),
			span(' again'),
		],
	];
}

const tryFirst: Span[][] = [
	[],
	[span('   To try it first, on two throwaway servers:')],
	[span('     mysql-sync-tui demo', 'strong')],
];

function withoutSetup(path: string): Span[][] {
	return [
		[span('   The configuration has no pair of databases:')],
		[span(`     ${path}`, 'strong')],
		[],
		[span('   Add one to its "sync_pairs" and start mysql-sync-tui again.')],
	];
}

/** Shown instead of the pairs while there are none. */
export function SetupScreen({
	frame,
	height,
	configPath,
}: {
	frame: Frame;
	height: number;
	configPath: string;
}) {
	const { theme, width, state } = frame;
	const { setup } = state;
	const body =
		setup === null
			? withoutSetup(configPath)
			: setup.step === 'written'
				? next(setup.path)
				: offer(setup);
	const lines = [...body, ...tryFirst].map((spans) => line(theme, width, spans));
	return (
		<Lines
			width={width}
			height={height}
			lines={['', rule(theme, width, [span('setting up', 'strong')]), '', ...lines]}
		/>
	);
}

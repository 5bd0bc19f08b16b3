import type { Frame } from '../drawing/frame.ts';
import { Lines } from '../drawing/lines.tsx';
import { line, rule, type Span, span } from '../drawing/spans.ts';
import type { Setup } from '../state/state.ts';

function offer({ path, step }: Setup): Span[][] {
	return [
		[span('   There is no pair of databases to keep in sync yet.')],
		[],
		[
			span('   Enter', 'key'),
			span(
				step === 'writing' ? '  writing it' : '  writes a first configuration, to be filled in, to',
			),
		],
		[span(`          ${path}`, 'strong')],
		[],
		[span('   q', 'key'), span('      quits and leaves everything as it is')],
	];
}

function next(path: string): Span[][] {
	return [
		[span('   A first configuration is in')],
		[span(`     ${path}`, 'strong')],
		[],
		[span('   What to do next:')],
		[span('   1  ', 'key'), span('open it in an editor: name both databases, set enabled to true')],
		[
			span('   2  ', 'key'),
			span('see whether it holds:  '),
			span('mysql-sync-tui config check', 'strong'),
		],
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
	[span('   To see it at work first, on two throwaway servers:')],
	[span('     mysql-sync-tui demo', 'strong')],
];

function withoutSetup(path: string): Span[][] {
	return [
		[span('   The configuration has no pair of databases to keep in sync:')],
		[span(`     ${path}`, 'strong')],
		[],
		[span('   Add one to its "sync_pairs" and start mysql-sync-tui again.')],
	];
}

/** What stands in place of the pairs while there is none. */
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

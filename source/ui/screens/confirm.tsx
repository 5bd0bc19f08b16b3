import { Box, Text } from 'ink';
import { Table } from 'ink-table';
import type { PropsWithChildren } from 'react';
import { cut, fitTo, wrap } from '../../terminal/text.ts';
import type { Frame } from '../drawing/frame.ts';
import { Lines } from '../drawing/lines.tsx';
import { line, rule, span } from '../drawing/spans.ts';
import type { TextLook } from '../drawing/theme.ts';
import { useTheme } from '../hooks/use-theme.ts';
import type { Question } from '../state/state.ts';

/** With fewer rows, the sides are listed without a table. */
const tableNeeds = 16;
const widest = 100;
/** Cells of the table's borders and padding, and of the margins beside it. */
const tableLines = 10;
const margins = 6;
const sideWidth = 5;
const effectWidth = 34;

interface PartProps extends PropsWithChildren {
	look: TextLook;
}

/** A cell in one look, padded here because ink-table counts characters instead of cells. */
function Part({ look, children }: PartProps) {
	const theme = useTheme();
	const text = String(children ?? '');
	return <Text>{theme.paint(fitTo(text.trimEnd(), text.length), look)}</Text>;
}

function Heading({ children }: PropsWithChildren) {
	return <Part look="quiet">{children}</Part>;
}

function BodyCell({ children }: PropsWithChildren) {
	return <Part look="plain">{children}</Part>;
}

function Skeleton({ children }: PropsWithChildren) {
	const theme = useTheme();
	return <Text>{theme.paint(theme.drawing(String(children ?? '')), 'quiet')}</Text>;
}

function Effects({ frame, question }: { frame: Frame; question: Question }) {
	const { theme, width } = frame;
	const { ellipsis } = theme.glyphs;
	const room = Math.min(width, widest) - margins - tableLines - sideWidth - effectWidth;
	const database = 'database'.padEnd(room);
	const effect = 'what happens there'.padEnd(effectWidth);
	const data = question.effects.map((each) => ({
		side: each.side,
		[database]: cut(each.address, room, { cut: 'middle', ellipsis }),
		[effect]: cut(each.effect, effectWidth, { ellipsis }),
	}));
	return (
		<Box marginLeft={3}>
			<Table
				data={data}
				columns={['side', database, effect]}
				header={Heading}
				cell={BodyCell}
				skeleton={Skeleton}
			/>
		</Box>
	);
}

interface ConfirmProps {
	frame: Frame;
	question: Question;
	height: number;
}

/** Asks before data is removed: what, where, and the consequences. */
export function ConfirmScreen({ frame, question, height }: ConfirmProps) {
	const { theme, width } = frame;
	const roomy = height >= tableNeeds;
	const gap = roomy ? [''] : [];
	const title = [...gap, rule(theme, width, [span(question.title, 'strong')]), ...gap];
	const listed = question.effects.flatMap(({ side, address, effect }) => [
		line(theme, width, [span(`   ${side}  `, 'quiet'), span(address)]),
		line(theme, width, [span(`          ${effect}`)]),
	]);
	const notes = question.notes.flatMap((note) =>
		wrap(note, width - margins, 2).map((text) => line(theme, width, [span(`   ${text}`)])),
	);
	const choice = line(theme, width, [
		span('   y', 'key'),
		span(` ${question.yes}   `),
		span('n', 'key'),
		span(', Esc, Enter cancel'),
	]);
	return (
		<Box flexDirection="column" width={width} height={height} overflow="hidden">
			<Lines width={width} lines={title} />
			{roomy ? (
				<Effects frame={frame} question={question} />
			) : (
				<Lines width={width} lines={listed} />
			)}
			<Lines width={width} lines={[...gap, ...notes, ...gap, choice]} />
		</Box>
	);
}

import { Transform } from 'ink';
import { memo, useCallback, useMemo } from 'react';

interface BlockProps {
	text: string;
	width: number;
	height: number;
}

/**
 * Ink 6.8 caches every text that it has measured in an unbounded Map, which is a leak on a
 * screen of running counters. It therefore measures a blank of the right size, and the transform
 * inserts the text. An unchanged block costs nothing.
 */
const TextBlock = memo(function TextBlock({ text, width, height }: BlockProps) {
	const lines = useMemo(() => text.split('\n'), [text]);
	const blank = useMemo(() => Array(height).fill(' '.repeat(width)).join('\n'), [width, height]);
	const replace = useCallback((_blank: string, row: number) => lines[row] ?? '', [lines]);
	return <Transform transform={replace}>{blank}</Transform>;
});

interface LinesProps {
	/** Already sanitised, cut to the width and coloured. */
	lines: readonly string[];
	width: number;
	/** Rows to fill; further lines are dropped. Defaults to the number of lines. */
	height?: number;
}

/** Lines of the screen, top to bottom. */
export function Lines({ lines, width, height = lines.length }: LinesProps) {
	if (height <= 0) return null;
	return <TextBlock text={lines.slice(0, height).join('\n')} width={width} height={height} />;
}

import { Transform } from 'ink';
import { memo, useCallback, useMemo } from 'react';

interface BlockProps {
	text: string;
	width: number;
	height: number;
}

/**
 * Ink's measuring keeps every text it ever saw (6.8: a Map without bound), which for a screen of
 * running counters is a leak. So what it measures here is a blank of the right size, and the text
 * comes in afterwards. A block that stays the same costs nothing.
 */
const TextBlock = memo(function TextBlock({ text, width, height }: BlockProps) {
	const lines = useMemo(() => text.split('\n'), [text]);
	const blank = useMemo(() => Array(height).fill(' '.repeat(width)).join('\n'), [width, height]);
	const replace = useCallback((_blank: string, row: number) => lines[row] ?? '', [lines]);
	return <Transform transform={replace}>{blank}</Transform>;
});

interface LinesProps {
	/** Already harmless, cut to the width and coloured. */
	lines: readonly string[];
	width: number;
	/** Rows to fill; lines beyond are left out. As many as there are lines without it. */
	height?: number;
}

/** Lines of the screen, one under the other. */
export function Lines({ lines, width, height = lines.length }: LinesProps) {
	if (height <= 0) return null;
	return <TextBlock text={lines.slice(0, height).join('\n')} width={width} height={height} />;
}

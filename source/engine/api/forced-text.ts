import { type Direction, directions } from '../../config/types.ts';
import { count, plural } from '../../text/words.ts';
import type { DrainResult } from '../../transfer/drain.ts';

/** What came of a run that somebody asked for: what was moved, or the name of the engine that did the run. */
export type Forced = { moved: Record<Direction, DrainResult> } | { by: string };

/** `both ways`, `from local to cloud`. */
export function waysText(wanted: readonly Direction[]): string {
	const [only] = wanted;
	if (!only || wanted.length === directions.length) return 'both ways';
	return `from ${only.replaceAll('_', ' ')}`;
}

/** The same in words: `ran both ways: 12 changes to cloud, none to local`. */
export function forcedText(wanted: readonly Direction[], forced: Forced): string {
	if ('by' in forced) return `${forced.by} ran ${waysText(wanted)}`;
	const { moved } = forced;
	const parts = wanted.map((direction, index) => {
		const { applied } = moved[direction];
		// The first one names what is counted.
		const number = index === 0 ? plural(applied, 'change') : count(applied);
		const none = index === 0 ? 'no change' : 'none';
		return `${applied === 0 ? none : number} to ${direction === 'local_to_cloud' ? 'cloud' : 'local'}`;
	});
	const sum = (ask: (result: DrainResult) => number) =>
		wanted.reduce((total, direction) => total + ask(moved[direction]), 0);
	const conflicts = sum((result) => result.conflicts);
	const refused = sum((result) => result.errors.length);
	const more = wanted.some((direction) => moved[direction].unfinished);
	return [
		`ran ${waysText(wanted)}: ${parts.join(', ')}`,
		...(conflicts > 0 ? [plural(conflicts, 'conflict')] : []),
		...(refused > 0 ? [`${count(refused)} refused`] : []),
		...(more ? ['more is pending'] : []),
	].join('; ');
}

import { type Direction, directions } from '../../config/types.ts';
import { count, plural } from '../../text/words.ts';
import type { DrainResult } from '../../transfer/drain.ts';

/** The result of a requested run: the changes moved, or the name of the engine that did the run. */
export type Forced = { moved: Record<Direction, DrainResult> } | { by: string };

/** The directions in words: `both ways`, `from local to cloud`. */
export function waysText(wanted: readonly Direction[]): string {
	const [only] = wanted;
	if (!only || wanted.length === directions.length) return 'both ways';
	return `from ${only.replaceAll('_', ' ')}`;
}

/** Describes the result: `sync finished: 12 to cloud, 0 to local`. */
export function forcedText(wanted: readonly Direction[], forced: Forced): string {
	if ('by' in forced) return `sync finished by the active engine (${forced.by})`;
	const { moved } = forced;
	const parts = wanted.map(
		(direction) =>
			`${count(moved[direction].applied)} to ${direction === 'local_to_cloud' ? 'cloud' : 'local'}`,
	);
	const sum = (ask: (result: DrainResult) => number) =>
		wanted.reduce((total, direction) => total + ask(moved[direction]), 0);
	const conflicts = sum((result) => result.conflicts);
	const refused = sum((result) => result.errors.length);
	const more = wanted.some((direction) => moved[direction].unfinished);
	return [
		`sync finished: ${parts.join(', ')}`,
		...(conflicts > 0 ? [plural(conflicts, 'conflict')] : []),
		...(refused > 0 ? [`${count(refused)} refused`] : []),
		...(more ? ['more is pending'] : []),
	].join('; ');
}

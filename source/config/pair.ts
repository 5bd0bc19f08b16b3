import { formatDuration } from '../text/duration.ts';
import type { LoadContext } from './context.ts';
import { defaults } from './defaults.ts';
import { parseDuration } from './duration.ts';
import { resolveEnd } from './end.ts';
import type { ConfigFile, PairEntry } from './file.ts';
import type { PairConfig } from './types.ts';

/** Milliseconds. With less, runs would follow each other without a visible pause. */
const shortestInterval = 200;

/** Resolves one pair: its own settings take precedence over the file's. */
export async function resolvePair(
	entry: PairEntry,
	file: ConfigFile,
	siteNodeId: string,
	pointer: string,
	context: LoadContext,
): Promise<Omit<PairConfig, 'retention'>> {
	const enabled = entry.enabled ?? defaults.pair.enabled;
	const end = (side: 'local' | 'cloud') =>
		resolveEnd(entry[side], side, siteNodeId, enabled, `${pointer}/${side}`, context);
	const pairReadOnly = entry.read_only ?? defaults.pair.readOnly;
	return {
		name: entry.name,
		enabled,
		local: await end('local'),
		cloud: await end('cloud'),
		tables: typeof entry.tables === 'string' ? 'all' : entry.tables,
		excludeTables: entry.exclude_tables ?? [],
		interval:
			entry.interval === undefined
				? resolvePeriod(file.interval ?? defaults.interval, '/interval', context)
				: resolvePeriod(entry.interval, `${pointer}/interval`, context),
		...resolveBatchSizes(entry, file, pointer, context),
		conflict: entry.conflict ?? file.conflict ?? defaults.conflict,
		readOnly: pairReadOnly || (file.read_only ?? defaults.readOnly),
		autoInstall: file.auto_install ?? defaults.autoInstall,
	};
}

/** A duration in milliseconds. Reports one that is too long. */
export function resolveDuration(text: string, pointer: string, context: LoadContext): number {
	try {
		return parseDuration(text);
	} catch {
		context.report(pointer, 'is too long: the maximum is a hundred years (36500d)');
		return Number.POSITIVE_INFINITY;
	}
}

/** Like resolveDuration, for an interval, which has a minimum. */
export function resolvePeriod(text: string, pointer: string, context: LoadContext): number {
	const period = resolveDuration(text, pointer, context);
	if (period < shortestInterval) {
		context.report(pointer, `must be ${formatDuration(shortestInterval)} or more`);
	}
	return period;
}

/** Written values take precedence: a default is adjusted to a size that was written. */
function resolveBatchSizes(
	entry: PairEntry,
	file: ConfigFile,
	pointer: string,
	context: LoadContext,
): { batchSize: number; maxBatchSize: number } {
	const size = entry.batch_size ?? file.batch_size;
	const limit = entry.max_batch_size ?? file.max_batch_size;
	if (size === undefined && limit === undefined) {
		return { batchSize: defaults.batchSize, maxBatchSize: defaults.maxBatchSize };
	}
	if (limit === undefined) {
		const batchSize = size ?? defaults.batchSize;
		return { batchSize, maxBatchSize: Math.max(batchSize, defaults.maxBatchSize) };
	}
	const batchSize = size ?? Math.min(defaults.batchSize, limit);
	if (limit < batchSize) {
		const at = entry.max_batch_size === undefined ? '' : pointer;
		context.report(
			`${at}/max_batch_size`,
			`(${limit}) is below batch_size (${batchSize}): raise one or lower the other`,
		);
	}
	return { batchSize, maxBatchSize: limit };
}

import { loadConfig } from '../config/load.ts';
import { nearest } from '../config/nearest.ts';
import type { Config, PairConfig } from '../config/types.ts';
import { SyncError } from '../errors.ts';
import type { CommandContext } from './command.ts';

/** The configuration, and the pairs selected for a command. */
export interface Selection {
	config: Config;
	pairs: PairConfig[];
}

/**
 * Loads the configuration and selects the named pairs; without names all of them, or all enabled ones.
 * @throws SyncError `config`, or `usage` for an unknown name
 */
export async function selectPairs(
	context: CommandContext,
	unnamed: 'all' | 'enabled',
): Promise<Selection> {
	const config = await loadConfig({ path: context.flags.config });
	if (context.words.length === 0) {
		const pairs = config.pairs.filter(({ enabled }) => enabled || unnamed === 'all');
		if (pairs.length > 0) return { config, pairs };
		throw new SyncError('config', `${config.path}: no pair is enabled`, {
			hint: 'Set `enabled` of a pair to true.',
		});
	}
	const pairs = [...new Set(context.words)].map((name) => {
		const pair = config.pairs.find((candidate) => candidate.name === name);
		if (pair) return pair;
		const names = config.pairs.map((candidate) => candidate.name);
		const close = nearest(name, names);
		throw new SyncError('usage', `there is no pair named ${name}`, {
			hint: close ? `Did you mean ${close}?` : `The pairs are ${names.join(', ')}.`,
		});
	});
	return { config, pairs };
}

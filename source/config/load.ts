import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { SyncError } from '../errors.ts';
import type { LoadContext } from './context.ts';
import { defaults, hostNodeId } from './defaults.ts';
import { findContradictions } from './identity.ts';
import { resolveDuration, resolvePair, resolvePeriod } from './pair.ts';
import { defaultConfigPath } from './path.ts';
import { configError, type Problem } from './problem.ts';
import { parseConfig, readText } from './read.ts';
import type { Config } from './types.ts';

interface LoadOptions {
	/** The file to read; defaultConfigPath() by default. */
	path?: string | undefined;
	/** The environment for `{"env": "NAME"}`; this process's by default. */
	env?: NodeJS.ProcessEnv;
	/**
	 * Accept a configuration without pairs, or a missing file at the default
	 * path: for callers that can set up a first pair.
	 */
	allowNoPairs?: boolean;
}

/**
 * Loads the configuration: checked, defaults filled in, secrets read. Nothing is written.
 * @throws SyncError `config` with every problem found, each with its position and fix
 */
export async function loadConfig({
	path: wanted,
	env = process.env,
	allowNoPairs = false,
}: LoadOptions = {}): Promise<Config> {
	const path = resolve(wanted ?? defaultConfigPath());
	const firstStart = allowNoPairs && wanted === undefined && !existsSync(path);
	const { file, document } = parseConfig(firstStart ? '{}' : await readText(path), path);

	const problems: Problem[] = [];
	const context: LoadContext = {
		folder: dirname(path),
		env,
		report: (pointer, message) => problems.push({ pointer, message }),
	};
	const nodeId = file.node_id ?? hostNodeId();
	const config: Config = {
		path,
		nodeId,
		refresh: resolvePeriod(file.refresh ?? defaults.refresh, '/refresh', context),
		readOnly: file.read_only ?? defaults.readOnly,
		pairs: [],
	};
	const retention = resolveDuration(file.retention ?? defaults.retention, '/retention', context);
	for (const [index, entry] of (file.sync_pairs ?? []).entries()) {
		const pair = await resolvePair(entry, file, nodeId, `/sync_pairs/${index}`, context);
		config.pairs.push({ ...pair, retention });
	}
	problems.push(...findContradictions(config.pairs));
	if (problems.length > 0) throw configError(path, document, problems);
	if (config.pairs.length === 0 && !allowNoPairs) {
		throw new SyncError('config', `${path}: no pair is configured`, {
			hint: 'Add one under `sync_pairs`: a name, its local and cloud database, and its tables.',
		});
	}
	return config;
}

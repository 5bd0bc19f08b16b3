import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';

/** Name of the configuration folder; conf, which writes the file, uses it too. */
export const projectName = 'mysql-sync-tui';

/** The path of the configuration unless `--config` names another. Touches nothing. */
export function defaultConfigPath(): string {
	return join(envPaths(projectName, { suffix: '' }).config, 'config.json');
}

/** Expands a path of the configuration: `~` is the home folder, relative paths start at `folder`. */
export function expandPath(path: string, folder: string): string {
	if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1));
	return resolve(folder, path);
}

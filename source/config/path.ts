import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';

/** The folder's name; conf, which writes the file, is given the same one. */
export const projectName = 'mysql-sync-tui';

/** Where the configuration stands unless `--config` names another file. Touches nothing. */
export function defaultConfigPath(): string {
	return join(envPaths(projectName, { suffix: '' }).config, 'config.json');
}

/** A path as the configuration writes it: `~` is the home folder, the rest relative to `folder`. */
export function expandPath(path: string, folder: string): string {
	if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1));
	return resolve(folder, path);
}

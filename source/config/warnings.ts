import { stat } from 'node:fs/promises';
import { parseConfig, readText } from './read.ts';

const othersMayRead = 0o004;

/**
 * What is unwise in a configuration that loads, as sentences with the cure.
 * Throws SyncError('config') as loadConfig does.
 */
export async function configWarnings(path: string): Promise<string[]> {
	const { file } = parseConfig(await readText(path), path);
	const ends = (file.sync_pairs ?? []).flatMap(({ local, cloud }) => [local, cloud]);
	const holdsPassword = ends.some(
		({ password }) => typeof password === 'string' && password !== '',
	);
	// Windows has no such bits; Node makes some up there.
	const exposed = process.platform !== 'win32' && ((await stat(path)).mode & othersMayRead) !== 0;
	if (!holdsPassword || !exposed) return [];
	return [
		`${path} holds a password and every user of this machine can read it: chmod 600 ${path}, ` +
			'or write {"env": "NAME"} or {"file": "PATH"} in place of the password.',
	];
}

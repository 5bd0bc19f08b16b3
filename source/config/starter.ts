import { existsSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import schema from '../../config.schema.json' with { type: 'json' };
import { SyncError } from '../errors.ts';
import type { ConfigFile } from './file.ts';
import { defaultConfigPath } from './path.ts';

const starter: ConfigFile = {
	$schema: schema.$id,
	interval: '10m',
	sync_pairs: [
		{
			name: 'example',
			enabled: false,
			local: {
				host: '127.0.0.1',
				port: 3306,
				user: 'sync',
				password: { env: 'LOCAL_DB_PASSWORD' },
				database: 'example',
			},
			cloud: {
				host: 'db.example.com',
				port: 3306,
				user: 'sync',
				password: { env: 'CLOUD_DB_PASSWORD' },
				database: 'example',
				ssl: true,
			},
			tables: 'all',
		},
	],
};

/**
 * Writes a first configuration, with one sample pair that is not enabled, readable by its owner
 * only; folders are made where missing. Returns the file's path.
 * Throws SyncError('config') where the file exists or cannot be written.
 */
export async function writeStarterConfig(wanted: string = defaultConfigPath()): Promise<string> {
	const path = resolve(wanted);
	if (existsSync(path)) {
		throw new SyncError('config', `${path} exists already; it was left as it is`, {
			hint: 'Edit it, move it away, or name another file with --config FILE.',
		});
	}
	// conf makes the folders and writes the file whole or not at all, with its mode from the first byte. Reading
	// does not go through it: a file that is edited by hand has its faults told with their lines, and nothing of it
	// may be changed by a program. Loaded here only: nothing but the first start of all needs it.
	const { default: Conf } = await import('conf');
	try {
		// conf writes the file when it is constructed.
		new Conf({
			cwd: dirname(path),
			configName: basename(path, extname(path)),
			fileExtension: extname(path).slice(1),
			configFileMode: 0o600,
			defaults: starter,
			serialize: (value) => `${JSON.stringify(value, undefined, '\t')}\n`,
		});
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new SyncError('config', `${path} cannot be written: ${reason}`, {
			hint: 'Make its folder writable, or name another file with --config FILE.',
			cause: error,
		});
	}
	return path;
}

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
 * Writes a first configuration with one disabled sample pair, readable only by its owner. Creates missing
 * folders. Returns the file's path.
 * @throws SyncError `config` if the file exists or cannot be written
 */
export async function writeStarterConfig(wanted: string = defaultConfigPath()): Promise<string> {
	const path = resolve(wanted);
	if (existsSync(path)) {
		throw new SyncError('config', `${path} already exists; it was not changed`, {
			hint: 'Edit it, move it, or name another file with --config FILE.',
		});
	}
	// conf creates the folders and writes the file atomically, with its mode from the start. Reading does not go
	// through it: faults in a file that is edited by hand are reported with their lines, and no program may
	// change it. Imported here because only the first start needs it.
	const { default: Conf } = await import('conf');
	try {
		// conf writes the file on construction.
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

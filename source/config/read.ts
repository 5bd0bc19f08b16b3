import { readFile } from 'node:fs/promises';
import { SyncError } from '../errors.ts';
import type { ConfigFile } from './file.ts';
import { type JsonDocument, parseJson } from './json.ts';
import { configError } from './problem.ts';
import { whyUnreadable } from './secrets.ts';
import { checkShape } from './shape.ts';

/**
 * The text of a configuration file.
 * @throws SyncError `config` if it cannot be read
 */
export async function readText(path: string): Promise<string> {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		throw new SyncError('config', `the configuration file is ${path}, ${whyUnreadable(error)}`, {
			hint: 'Create it, or name another file with --config FILE.',
			cause: error,
		});
	}
}

/**
 * Parses a configuration and checks it against the schema.
 * @param path named in error messages
 * @throws SyncError `config` with every invalid key
 */
export function parseConfig(
	text: string,
	path: string,
): { file: ConfigFile; document: JsonDocument } {
	const document = parseJson(text, path);
	const shape = checkShape(document.value);
	if ('problems' in shape) throw configError(path, document, shape.problems);
	return { file: shape.file, document };
}

import { readFile } from 'node:fs/promises';
import { SyncError } from '../errors.ts';
import type { ConfigFile } from './file.ts';
import { type JsonDocument, parseJson } from './json.ts';
import { configError } from './problem.ts';
import { whyUnreadable } from './secrets.ts';
import { checkShape } from './shape.ts';

/** The text of a configuration file. Throws SyncError('config') where there is none to read. */
export async function readText(path: string): Promise<string> {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		throw new SyncError(
			'config',
			`the configuration is read from ${path}, ${whyUnreadable(error)}`,
			{
				hint: 'Write the file there, or name another one with --config FILE.',
				cause: error,
			},
		);
	}
}

/**
 * A configuration's text as the schema describes it; `path` is named in messages.
 * Throws SyncError('config') that names every key that does not fit.
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

import { SyncError } from '../errors.ts';
import { type JsonDocument, readablePointer } from './json.ts';

/** A problem in the configuration. */
export interface Problem {
	/** JSON pointer of the key. */
	pointer: string;
	/** What is wrong and what to do; printed after the key's name. */
	message: string;
}

/** All problems of a file as one error, one line each, in the order of the file. */
export function configError(
	file: string,
	document: JsonDocument,
	problems: readonly Problem[],
): SyncError {
	const lines = problems
		.map(({ pointer, message }) => ({ pointer, message, ...document.locate(pointer) }))
		.sort((a, b) => a.line - b.line || a.column - b.column)
		.map(({ pointer, message, line, column }) => {
			const key = readablePointer(pointer);
			return `${file}:${line}:${column}: ${key === '' ? message : `${key} ${message}`}`;
		});
	const [first = file, ...others] = new Set(lines);
	return new SyncError('config', first, {
		details: others,
		hint: 'Correct the file, then check it with "mysql-sync-tui config check".',
	});
}

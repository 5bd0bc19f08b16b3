import { constants } from 'node:fs';
import { access, realpath } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** Folders with servers that are not on an ordinary user's PATH. */
const serverFolders = [
	'/usr/sbin',
	'/usr/local/sbin',
	'/usr/libexec',
	'/usr/local/libexec',
	'/usr/bin',
	'/usr/local/bin',
	'/usr/local/mysql/bin',
	'/opt/homebrew/bin',
	'/opt/homebrew/opt/mariadb/bin',
	'/opt/homebrew/opt/mysql/bin',
	'/usr/local/opt/mariadb/bin',
	'/usr/local/opt/mysql/bin',
];

/** The programs with these names, on PATH or in the servers' folders, each once, with links resolved. */
export async function executables(...names: string[]): Promise<string[]> {
	const path = (process.env.PATH ?? '').split(delimiter).filter(isAbsolute);
	const found = new Set<string>();
	for (const name of names) {
		for (const folder of [...path, ...serverFolders]) {
			const file = join(folder, name);
			const usable = await access(file, constants.X_OK).then(
				() => true,
				() => false,
			);
			if (usable) found.add(await realpath(file));
		}
	}
	return [...found];
}

/**
 * A MySQL server that was unpacked rather than installed: Debian carries MySQL in its unstable
 * suite only, and that needs a newer C library than a stable Debian has, so the server is run by
 * the loader, and with the libraries, that it was unpacked with.
 */
import { access, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { describeServer } from './describe.ts';
import type { ServerProgram } from './product.ts';

/** Debian's library folder and the loader in it, by Node's name of the processor. */
const libraries: Partial<Record<NodeJS.Architecture, { folder: string; loader: string }>> = {
	x64: { folder: 'usr/lib/x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
	arm64: { folder: 'usr/lib/aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
};

/** The folder, in the user's cache, that holds unpacked MySQL servers, one folder each. */
export function unpackedFolder(): string {
	const given = process.env.XDG_CACHE_HOME;
	// A relative path in this variable is to be ignored, says its specification.
	const cache = given !== undefined && isAbsolute(given) ? given : join(homedir(), '.cache');
	return join(cache, 'mysql-sync-tui', 'mysql');
}

/** The newest server in the user's cache that runs. */
export async function unpackedMysql(): Promise<ServerProgram | undefined> {
	const folder = unpackedFolder();
	const names = await readdir(folder).catch(() => []);
	const newestFirst = names
		.filter((name) => !name.startsWith('.'))
		.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
	for (const name of newestFirst) {
		const program = await unpackedProgram(join(folder, name));
		if (program) return program;
	}
	return undefined;
}

/** The server in a folder that Debian packages were unpacked into, if it runs. */
export async function unpackedProgram(root: string): Promise<ServerProgram | undefined> {
	const library = libraries[process.arch];
	if (library === undefined || process.platform !== 'linux') return undefined;
	const folder = join(root, library.folder);
	const loader = join(folder, library.loader);
	const server = join(root, 'usr/sbin/mysqld');
	const there = await Promise.all([access(loader), access(server)]).catch(() => undefined);
	if (there === undefined) return undefined;
	const found = await describeServer([loader, '--library-path', folder, server]);
	if (found?.product !== 'mysql') return undefined;
	return {
		...found,
		options: [
			'--lc-messages=en_US',
			`--lc-messages-dir=${join(root, 'usr/share/mysql')}`,
			`--character-sets-dir=${join(root, 'usr/share/mysql/charsets')}`,
			`--plugin-dir=${join(root, 'usr/lib/mysql/plugin')}`,
		],
	};
}

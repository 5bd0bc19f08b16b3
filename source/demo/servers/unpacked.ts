/**
 * Servers that were unpacked instead of installed. Debian ships MySQL, and a MariaDB newer than the
 * installed one, in suites that need a newer C library than this machine has. Such a server runs
 * with the loader and libraries unpacked beside it.
 */
import { access, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { describeProgram } from './describe.ts';
import { isVersion, type Product, type ServerProgram } from './product.ts';

/** Debian's library folder and its loader, by Node's name of the processor. */
const libraries: Partial<Record<NodeJS.Architecture, { folder: string; loader: string }>> = {
	x64: { folder: 'usr/lib/x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
	arm64: { folder: 'usr/lib/aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
};

/** Where the packages place the server and its support files. */
const layouts: Record<Product, { server: string; share: string }> = {
	mariadb: { server: 'usr/sbin/mariadbd', share: 'usr/share/mariadb' },
	mysql: { server: 'usr/sbin/mysqld', share: 'usr/share/mysql' },
};

/** This program's folder in the user's cache. */
export function cacheFolder(): string {
	const given = process.env.XDG_CACHE_HOME;
	// The specification says to ignore a relative path in this variable.
	const cache = given !== undefined && isAbsolute(given) ? given : join(homedir(), '.cache');
	return join(cache, 'mysql-sync-tui');
}

/** The folder with the unpacked servers of a product, each in its own folder. */
export function unpackedFolder(product: Product): string {
	return join(cacheFolder(), product);
}

/**
 * The newest working server of a product in the user's cache.
 * @param version required version, such as `11.8`; any by default
 */
export async function unpackedServer(
	product: Product,
	version?: string,
): Promise<ServerProgram | undefined> {
	const folder = unpackedFolder(product);
	const names = await readdir(folder).catch(() => []);
	const newestFirst = names
		.filter((name) => !name.startsWith('.'))
		.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
	for (const name of newestFirst) {
		const program = await unpackedProgram(product, join(folder, name));
		if (program && isVersion(program, version)) return program;
	}
	return undefined;
}

/** The server of a product in a folder with unpacked Debian packages, if it runs. */
export async function unpackedProgram(
	product: Product,
	root: string,
): Promise<ServerProgram | undefined> {
	const library = libraries[process.arch];
	if (library === undefined || process.platform !== 'linux') return undefined;
	const folder = join(root, library.folder);
	const loader = join(folder, library.loader);
	const layout = layouts[product];
	const server = join(root, layout.server);
	const there = await Promise.all([access(loader), access(server)]).catch(() => undefined);
	if (there === undefined) return undefined;
	const found = await describeProgram([loader, '--library-path', folder, server]);
	if (found?.product !== product) return undefined;
	const share = join(root, layout.share);
	return {
		...found,
		options: [
			'--lc-messages=en_US',
			`--lc-messages-dir=${share}`,
			`--character-sets-dir=${join(share, 'charsets')}`,
			`--plugin-dir=${join(root, 'usr/lib/mysql/plugin')}`,
		],
		...(product === 'mariadb' ? { systemTables: share } : {}),
	};
}

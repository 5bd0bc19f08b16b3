import { describeProgram } from './describe.ts';
import { executables } from './executables.ts';
import { isVersion, type Product, type ServerProgram } from './product.ts';
import { unpackedServer } from './unpacked.ts';

/**
 * A working server program of a product on this machine: the installed one,
 * else one unpacked in the user's cache.
 * @param version required version, such as `11.8`; any by default
 */
export async function findServer(
	product: Product,
	version?: string,
): Promise<ServerProgram | undefined> {
	const installed = await (product === 'mariadb' ? findMariadb() : findInstalledMysql());
	if (installed && isVersion(installed, version)) return installed;
	return unpackedServer(product, version);
}

async function findMariadb(): Promise<ServerProgram | undefined> {
	const [installDb] = await executables('mariadb-install-db', 'mysql_install_db');
	// Debian ships my_print_defaults, which the script needs, in a separate package.
	const [printDefaults] = await executables('my_print_defaults');
	if (installDb === undefined || printDefaults === undefined) return undefined;
	for (const path of await executables('mariadbd', 'mysqld')) {
		const found = await describeProgram([path]);
		if (found?.product === 'mariadb') return { ...found, options: [], installDb };
	}
	return undefined;
}

async function findInstalledMysql(): Promise<ServerProgram | undefined> {
	for (const path of await executables('mysqld')) {
		const found = await describeProgram([path]);
		if (found?.product === 'mysql') return { ...found, options: [] };
	}
	return undefined;
}

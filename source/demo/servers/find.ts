import { describeServer } from './describe.ts';
import { executables } from './executables.ts';
import type { Product, ServerProgram } from './product.ts';
import { unpackedMysql } from './unpacked.ts';

/** The server program of a product on this machine, if there is one that runs. */
export async function findServer(product: Product): Promise<ServerProgram | undefined> {
	if (product === 'mariadb') return findMariadb();
	return (await findInstalledMysql()) ?? unpackedMysql();
}

async function findMariadb(): Promise<ServerProgram | undefined> {
	const [installDb] = await executables('mariadb-install-db', 'mysql_install_db');
	// Debian ships my_print_defaults, which the script needs, in a package of its own.
	const [printDefaults] = await executables('my_print_defaults');
	if (installDb === undefined || printDefaults === undefined) return undefined;
	for (const path of await executables('mariadbd', 'mysqld')) {
		const found = await describeServer([path]);
		if (found?.product === 'mariadb') return { ...found, options: [], installDb };
	}
	return undefined;
}

async function findInstalledMysql(): Promise<ServerProgram | undefined> {
	for (const path of await executables('mysqld')) {
		const found = await describeServer([path]);
		if (found?.product === 'mysql') return { ...found, options: [] };
	}
	return undefined;
}

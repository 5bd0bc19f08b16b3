import { findServer } from '../../source/demo/servers/find.ts';
import { installMariadb } from '../../source/demo/servers/install.ts';
import {
	type Product,
	productNames,
	type ServerProgram,
} from '../../source/demo/servers/product.ts';
import { fetchServer } from './fetch-server.ts';

/** The variables that choose the version of the servers, such as `TEST_MARIADB=11.8`. */
const versionVariables: Record<Product, string> = {
	mariadb: 'TEST_MARIADB',
	mysql: 'TEST_MYSQL',
};

/**
 * A server program of a product, of the version that the environment names: the one that is here, or
 * one that is got now.
 * @param say called with the current step if it takes a while
 * @throws SyncError `environment` with the reason why none can be had
 */
export async function obtainServer(
	product: Product,
	say: (line: string) => void,
): Promise<ServerProgram> {
	const version = process.env[versionVariables[product]] || undefined;
	const found = await findServer(product, version);
	if (found) return found;
	if (product === 'mariadb' && version === undefined) return installMariadb(say);
	const name = [productNames[product], version].filter(Boolean).join(' ');
	say(`Fetching ${name} from Debian (once; it is kept in the user's cache).`);
	return fetchServer(product, version);
}

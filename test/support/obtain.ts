import { findServer } from '../../source/demo/servers/find.ts';
import { installMariadb } from '../../source/demo/servers/install.ts';
import type { Product, ServerProgram } from '../../source/demo/servers/product.ts';
import { fetchMysql } from './fetch-mysql.ts';

/**
 * A server program of a product: the one that is here, or one that is got now.
 * @param say told what is being done where that takes a while
 * @throws SyncError `environment` with the reason why none can be had
 */
export async function obtainServer(
	product: Product,
	say: (line: string) => void,
): Promise<ServerProgram> {
	const found = await findServer(product);
	if (found) return found;
	if (product === 'mariadb') return installMariadb(say);
	say("Fetching MySQL from Debian's unstable suite (once; it is kept in the user's cache).");
	return fetchMysql();
}

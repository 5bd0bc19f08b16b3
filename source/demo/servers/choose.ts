import { findServer } from './find.ts';
import { installMariadb } from './install.ts';
import type { ServerProgram } from './product.ts';

/**
 * The two server programs that a demonstration runs on: MariaDB and MySQL where both are found,
 * else twice the one there is. Where there is none, MariaDB is installed if this system allows it.
 * @param say told what is being installed
 * @throws SyncError `environment` that says what to install
 */
export async function choosePrograms(
	say: (line: string) => void,
): Promise<[local: ServerProgram, cloud: ServerProgram]> {
	const [mariadb, mysql] = await Promise.all([findServer('mariadb'), findServer('mysql')]);
	const local = mariadb ?? mysql ?? (await installMariadb(say));
	return [local, mysql ?? local];
}

import { findServer } from './find.ts';
import { installMariadb } from './install.ts';
import type { ServerProgram } from './product.ts';

/**
 * The two server programs for the demo: MariaDB and MySQL if both are found, else the same one twice. If
 * there is none, MariaDB is installed where this system allows it.
 * @param say receives progress messages about the installation
 * @throws SyncError `environment` that says what to install
 */
export async function choosePrograms(
	say: (line: string) => void,
): Promise<[local: ServerProgram, cloud: ServerProgram]> {
	const [mariadb, mysql] = await Promise.all([findServer('mariadb'), findServer('mysql')]);
	const local = mariadb ?? mysql ?? (await installMariadb(say));
	return [local, mysql ?? local];
}

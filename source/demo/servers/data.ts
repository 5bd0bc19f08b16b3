import { constants } from 'node:fs';
import { cp } from 'node:fs/promises';
import { basename } from 'node:path';
import { GuardedFolder } from './folder.ts';
import { leadingOptions } from './options.ts';
import type { ServerProgram } from './product.ts';

const log = 'initialise.log';

/** Milliseconds for a server to create a data folder. */
const initialiseTimeout = 180_000;

/** One pristine data folder per server program: copying takes a fraction of the time. */
const templates = new Map<string, Promise<GuardedFolder>>();

/**
 * A pristine data folder of a server program, to be copied. It is created
 * once and kept until this program ends.
 * @param options further options that the server needs when its data folder is created
 * @throws SyncError `environment`
 */
export async function dataTemplate(
	program: ServerProgram,
	options: readonly string[] = [],
): Promise<string> {
	const key = [...program.command, ...options].join(' ');
	let template = templates.get(key);
	if (template === undefined) {
		template = makeTemplate(program, options);
		templates.set(key, template);
		template.catch(() => templates.delete(key));
	}
	return (await template).file('data');
}

/** Copies the data folder of a server that is not running. */
export async function copyData(from: string, to: string): Promise<void> {
	await cp(from, to, {
		recursive: true,
		mode: constants.COPYFILE_FICLONE,
		// Contains the server's UUID; without it the copy generates a new one.
		filter: (path) => basename(path) !== 'auto.cnf',
	});
}

async function makeTemplate(
	program: ServerProgram,
	options: readonly string[],
): Promise<GuardedFolder> {
	const folder = await GuardedFolder.create();
	try {
		await folder.run({
			name: 'initialise',
			command: [...initialise(program, folder.file('data')), ...options],
			log,
			signal: AbortSignal.timeout(initialiseTimeout),
		});
		return folder;
	} catch (error) {
		await folder.remove();
		throw error;
	}
}

/** Creates MariaDB's data folder from the same statements as mariadb-install-db. */
const bootstrap = `
share=$1 data=$2
shift 2
mkdir -m 700 "$data" && cd "$share" && {
	printf '%s;\\n' 'CREATE DATABASE mysql' 'USE mysql' 'SET @auth_root_socket = NULL' &&
	cat mariadb_system_tables.sql mariadb_performance_tables.sql mariadb_system_tables_data.sql \\
		fill_help_tables.sql maria_add_gis_sp_bootstrap.sql mariadb_sys_schema.sql
} >"$data.sql" && "$@" "--datadir=$data" <"$data.sql"
`;

/** The command that creates a data folder with a root account without password. */
function initialise(program: ServerProgram, data: string): string[] {
	const leading = leadingOptions(program);
	if (program.product === 'mysql') {
		return [...program.command, ...leading, '--initialize-insecure', `--datadir=${data}`];
	}
	if (program.systemTables !== undefined) {
		return [
			...['sh', '-c', bootstrap, 'bootstrap', program.systemTables, data],
			...[...program.command, ...leading, '--bootstrap'],
			// No accounts for this machine's host name.
			'--skip-name-resolve',
			// Some system tables do not use InnoDB.
			'--enforce-storage-engine=',
			'--max-allowed-packet=8M',
		];
	}
	return [
		program.installDb ?? 'mariadb-install-db',
		...leading,
		'--auth-root-authentication-method=normal',
		'--skip-test-db',
		// No accounts for this machine's host name.
		'--skip-name-resolve',
		`--datadir=${data}`,
	];
}

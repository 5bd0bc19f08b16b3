import { constants } from 'node:fs';
import { cp } from 'node:fs/promises';
import { basename } from 'node:path';
import { GuardedFolder } from './folder.ts';
import { leadingOptions } from './options.ts';
import type { ServerProgram } from './product.ts';

const log = 'initialise.log';

/** Milliseconds for a server to make a data folder. */
const initialiseTimeout = 180_000;

/** One pristine data folder per server program: a copy takes a fraction of the time. */
const templates = new Map<string, Promise<GuardedFolder>>();

/**
 * A pristine data folder of a server program, to be copied. It is made once and lives until this
 * program ends.
 * @param options further ones, for what a server has to be told when its data folder is made
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

/** Copies a data folder of a server that is not running. */
export async function copyData(from: string, to: string): Promise<void> {
	await cp(from, to, {
		recursive: true,
		mode: constants.COPYFILE_FICLONE,
		// It holds the server's own id; without it the copy makes itself a new one.
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

/** Makes MariaDB's data folder as mariadb-install-db does, from the statements that it uses. */
const bootstrap = `
share=$1 data=$2
shift 2
mkdir -m 700 "$data" && cd "$share" && {
	printf '%s;\\n' 'CREATE DATABASE mysql' 'USE mysql' 'SET @auth_root_socket = NULL' &&
	cat mariadb_system_tables.sql mariadb_performance_tables.sql mariadb_system_tables_data.sql \\
		fill_help_tables.sql maria_add_gis_sp_bootstrap.sql mariadb_sys_schema.sql
} >"$data.sql" && "$@" "--datadir=$data" <"$data.sql"
`;

/** The command that makes a data folder whose root has no password. */
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
			// The system tables are not InnoDB's.
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

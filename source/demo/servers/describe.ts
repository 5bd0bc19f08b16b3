import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ServerProgram } from './product.ts';

/** Milliseconds for a program to say its version. */
const versionTimeout = 20_000;

/**
 * Asks a server program what it is.
 * @param command the program, behind the loader it needs if it needs one
 * @returns nothing where it does not run or is something else
 */
export async function describeProgram(
	command: readonly string[],
): Promise<Pick<ServerProgram, 'product' | 'version' | 'command'> | undefined> {
	const [file, ...args] = command;
	if (file === undefined) return undefined;
	const said = await promisify(execFile)(file, [...args, '--no-defaults', '--version'], {
		timeout: versionTimeout,
	}).catch(() => undefined);
	const version = said?.stdout.match(/\bVer (\d+\.\d+\.\d+)/)?.[1];
	if (said === undefined || version === undefined) return undefined;
	return { product: /mariadb/i.test(said.stdout) ? 'mariadb' : 'mysql', version, command };
}

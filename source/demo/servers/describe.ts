import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ServerProgram } from './product.ts';

/** Milliseconds for a program to print its version. */
const versionTimeout = 20_000;

/**
 * Asks a server program for its product and version.
 * @param command the program, preceded by its loader if it needs one
 * @returns undefined if it does not run or is something else
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

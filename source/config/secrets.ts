import { readFile } from 'node:fs/promises';
import type { LoadContext } from './context.ts';
import { defaults } from './defaults.ts';
import type { SecretEntry, TlsEntry } from './file.ts';
import { expandPath } from './path.ts';
import type { TlsConfig } from './types.ts';

/** The password of a side; empty if none is configured. */
export async function readPassword(
	password: string | SecretEntry | undefined,
	pointer: string,
	context: LoadContext,
): Promise<string> {
	if (password === undefined) return '';
	if (typeof password === 'string') return password;
	if (password.file !== undefined) {
		const text = await readSecretFile(password.file, `${pointer}/file`, context);
		return text.replace(/\r?\n$/, '');
	}
	const name = password.env ?? '';
	const value = context.env[name];
	if (value === undefined) {
		context.report(`${pointer}/env`, `names the environment variable ${name}, which is not set`);
	}
	return value ?? '';
}

/** The TLS settings of a side, with its files read; false for no TLS, undefined if not configured. */
export async function readTls(
	ssl: boolean | TlsEntry | undefined,
	pointer: string,
	context: LoadContext,
): Promise<TlsConfig | false | undefined> {
	if (ssl === undefined || ssl === false) return ssl;
	if (ssl === true) return { verify: defaults.tls.verify };
	const tls: TlsConfig = {
		verify: ssl.verify ?? defaults.tls.verify,
		...(ssl.servername !== undefined && { servername: ssl.servername }),
	};
	for (const part of ['ca', 'cert', 'key'] as const) {
		const path = ssl[part];
		if (path !== undefined) tls[part] = await readSecretFile(path, `${pointer}/${part}`, context);
	}
	return tls;
}

async function readSecretFile(
	path: string,
	pointer: string,
	context: LoadContext,
): Promise<string> {
	const file = expandPath(path, context.folder);
	try {
		return await readFile(file, 'utf8');
	} catch (error) {
		context.report(pointer, `names the file ${file}, ${whyUnreadable(error)}`);
		return '';
	}
}

/** Why a file could not be read, as a relative clause. */
export function whyUnreadable(error: unknown): string {
	const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
	switch (code) {
		case 'ENOENT':
		case 'ENOTDIR':
			return 'which does not exist';
		case 'EACCES':
		case 'EPERM':
			return 'which this user may not read';
		case 'EISDIR':
			return 'which is a folder';
		default:
			return `which cannot be read (${code})`;
	}
}

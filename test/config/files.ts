import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import { loadConfig } from '../../source/config/load.ts';
import type { Config } from '../../source/config/types.ts';
import { SyncError } from '../../source/errors.ts';

/** A folder of the running test, removed after it. */
export async function temporaryFolder(): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'config-test-'));
	onTestFinished(() => rm(folder, { recursive: true }));
	return folder;
}

/** Moves the default place of the configuration below a folder, until the running test ends. */
export function moveConfigHome(folder: string): void {
	vi.stubEnv('XDG_CONFIG_HOME', folder);
	onTestFinished(() => {
		vi.unstubAllEnvs();
	});
}

/** Writes a configuration (a value, or the very text) to a folder of the running test. */
export async function configFile(content: unknown, folder?: string): Promise<string> {
	const path = join(folder ?? (await temporaryFolder()), 'config.json');
	await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
	return path;
}

/** Loads a configuration from its own file; the environment is empty by default. */
export async function load(content: unknown, env: NodeJS.ProcessEnv = {}): Promise<Config> {
	return loadConfig({ path: await configFile(content), env });
}

/** What loading refuses, one entry per problem, as `line:column: message`. */
export async function refusals(content: unknown, env: NodeJS.ProcessEnv = {}): Promise<string[]> {
	const path = await configFile(content);
	const error = await rejection(loadConfig({ path, env }));
	expect(error.code).toBe('config');
	return [error.message, ...error.details].map((line) => line.replace(`${path}:`, ''));
}

/** The SyncError that a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<SyncError> {
	const error = await promise.then(
		() => new Error('it was not refused'),
		(reason: unknown) => reason,
	);
	if (error instanceof SyncError) return error;
	throw error;
}

type Entry = Record<string, unknown>;

/** An end with what every end needs. */
export function end(entry: Entry = {}): Entry {
	return { user: 'sync', database: 'shop', ...entry };
}

/** A pair between 127.0.0.1 and cloud.example. */
export function pair(entry: Entry = {}): Entry {
	return {
		name: 'shop',
		local: end(),
		cloud: end({ host: 'cloud.example' }),
		tables: 'all',
		...entry,
	};
}

/** A configuration of one site with the given pairs. */
export function site(pairs: Entry[], entry: Entry = {}): Entry {
	return { node_id: 'site', ...entry, sync_pairs: pairs };
}

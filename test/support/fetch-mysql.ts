/**
 * Gets a MySQL server from Debian's unstable suite into the user's cache: downloaded by an apt that
 * knows of nothing installed, unpacked, and never installed.
 */
import { execFile } from 'node:child_process';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GuardedFolder } from '../../source/demo/servers/folder.ts';
import type { ServerProgram } from '../../source/demo/servers/product.ts';
import {
	unpackedFolder,
	unpackedMysql,
	unpackedProgram,
} from '../../source/demo/servers/unpacked.ts';
import { SyncError } from '../../source/errors.ts';
import { debianMirrors, type Mirror } from './apt-sources.ts';

const packageName = 'mysql-server-core';

/** Milliseconds for all of it. */
const fetchTimeout = 300_000;

/**
 * Fetches the server and keeps it for later runs.
 * @throws SyncError `environment` with the reason why it cannot be had
 */
export async function fetchMysql(): Promise<ServerProgram> {
	const architecture = await promisify(execFile)('dpkg', ['--print-architecture']).catch(() => {
		throw unavailable('this is no Debian system');
	});
	const mirrors = await debianMirrors();
	if (mirrors.length === 0) throw unavailable('the apt sources name no mirror of Debian');
	const cache = unpackedFolder();
	await mkdir(cache, { recursive: true });
	// In the cache itself, so that the finished tree moves to its place in one step.
	const work = await GuardedFolder.create(cache);
	try {
		const signal = AbortSignal.timeout(fetchTimeout);
		const packages = await download(work, mirrors, architecture.stdout.trim(), signal);
		return await unpack(work, packages, signal);
	} finally {
		await work.remove();
	}
}

/** Downloads the package, and all that it needs, from the first mirror that has it. */
async function download(
	work: GuardedFolder,
	mirrors: readonly Mirror[],
	architecture: string,
	signal: AbortSignal,
): Promise<string[]> {
	await mkdir(work.file('lists/partial'), { recursive: true });
	await mkdir(work.file('cache/archives/partial'), { recursive: true });
	const log = 'apt.log';
	const aptGet = (name: string, ...args: string[]) =>
		work.run({ name, command: ['apt-get', ...aptOptions(work), ...args], log, signal });
	for (const mirror of mirrors) {
		await writeFile(work.file('unstable.sources'), stanza(mirror, architecture));
		try {
			await aptGet('update', 'update');
			await aptGet(
				'download',
				'install',
				'--yes',
				'--download-only',
				'--no-install-recommends',
				packageName,
			);
			const archives = work.file('cache/archives');
			const names = (await readdir(archives)).filter((name) => name.endsWith('.deb'));
			return names.map((name) => join(archives, name));
		} catch (error) {
			const last = mirror === mirrors.at(-1) || signal.aborted;
			if (last) throw unavailable(error instanceof Error ? error.message : String(error));
		}
	}
	throw unavailable('no mirror has it');
}

/** Unpacks the packages and moves the tree to its place in the cache. */
async function unpack(
	work: GuardedFolder,
	packages: readonly string[],
	signal: AbortSignal,
): Promise<ServerProgram> {
	const root = work.file('root');
	await mkdir(root);
	for (const file of packages) {
		const command = ['dpkg-deb', '--extract', file, root];
		await work.run({ name: 'unpack', command, log: 'unpack.log', signal });
	}
	if (!(await unpackedProgram(root))) throw unavailable('the unpacked server does not run here');
	const version = packages
		.map((file) => file.match(/\/mysql-server-core_([^_]+)_/)?.[1])
		.find((found) => found !== undefined);
	await rename(root, join(unpackedFolder(), version ?? 'unknown')).catch((error) => {
		// Another run was quicker: its copy is as good.
		if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
	});
	const program = await unpackedMysql();
	if (!program) throw unavailable('the unpacked server does not run here');
	return program;
}

function stanza({ uri, trust }: Mirror, architecture: string): string {
	const lines = [
		'Types: deb',
		`URIs: ${uri}`,
		'Suites: unstable',
		'Components: main',
		`Architectures: ${architecture}`,
		...trust,
	];
	return `${lines.join('\n')}\n`;
}

/** An apt that reads nothing of the machine's but its settings (a proxy may stand there). */
function aptOptions(work: GuardedFolder): string[] {
	const settings = {
		'Dir::Etc::sourcelist': work.file('unstable.sources'),
		'Dir::Etc::sourceparts': '/dev/null',
		'Dir::Etc::preferences': '/dev/null',
		'Dir::Etc::preferencesparts': '/dev/null',
		'Dir::State::lists': work.file('lists'),
		// Nothing counts as installed: the libraries come too.
		'Dir::State::status': '/dev/null',
		'Dir::State::extended_states': '/dev/null',
		'Dir::Cache': work.file('cache'),
		'Acquire::Languages': 'none',
		'Acquire::Retries': '2',
		// Its download user could not write to a folder of mode 0700.
		'APT::Sandbox::User': 'root',
		'APT::Install-Recommends': 'false',
		// The machine's package lock is not ours to take.
		'Debug::NoLocking': 'true',
		'APT::Update::Post-Invoke-Success': '',
	};
	return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

function unavailable(reason: string): SyncError {
	return new SyncError(
		'environment',
		`MySQL cannot be had from Debian's unstable suite: ${reason}`,
	);
}

/**
 * Gets a server from one of Debian's suites into the user's cache: downloaded by an apt that knows of
 * nothing installed, unpacked, and never installed.
 */
import { execFile } from 'node:child_process';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GuardedFolder } from '../../source/demo/servers/folder.ts';
import {
	isVersion,
	type Product,
	productNames,
	type ServerProgram,
} from '../../source/demo/servers/product.ts';
import {
	unpackedFolder,
	unpackedProgram,
	unpackedServer,
} from '../../source/demo/servers/unpacked.ts';
import { asSyncError, SyncError } from '../../source/errors.ts';
import { debianMirrors, type Mirror } from './apt-sources.ts';

const packageNames: Record<Product, string> = {
	mariadb: 'mariadb-server-core',
	mysql: 'mysql-server-core',
};

/** Where to look, in this order: what unstable leaves behind one day, a stable suite keeps. */
const suites: Record<Product, readonly string[]> = {
	mariadb: ['unstable', 'trixie'],
	mysql: ['unstable'],
};

/** Milliseconds for all of it. */
const fetchTimeout = 300_000;

/** One place that has packages. */
interface Source {
	mirror: Mirror;
	suite: string;
	architecture: string;
}

/**
 * Fetches a server and keeps it for later runs.
 * @param version one of this version, such as `11.8`; whatever comes first unless given
 * @throws SyncError `environment` with the reason why it cannot be had
 */
export async function fetchServer(product: Product, version?: string): Promise<ServerProgram> {
	const architecture = await promisify(execFile)('dpkg', ['--print-architecture']).catch(() => {
		throw unavailable(product, version, 'this is no Debian system');
	});
	const mirrors = await debianMirrors();
	if (mirrors.length === 0) {
		throw unavailable(product, version, 'the apt sources name no mirror of Debian');
	}
	const sources = suites[product].flatMap((suite) =>
		mirrors.map((mirror) => ({ mirror, suite, architecture: architecture.stdout.trim() })),
	);
	const signal = AbortSignal.timeout(fetchTimeout);
	const reasons: string[] = [];
	for (const source of sources) {
		try {
			return await fetchFrom(source, product, version, signal);
		} catch (error) {
			reasons.push(`${source.suite}: ${asSyncError(error).message}`);
			if (signal.aborted) break;
		}
	}
	throw unavailable(product, version, reasons.join('; '));
}

async function fetchFrom(
	source: Source,
	product: Product,
	version: string | undefined,
	signal: AbortSignal,
): Promise<ServerProgram> {
	const cache = unpackedFolder(product);
	await mkdir(cache, { recursive: true });
	// In the cache itself, so that the finished tree moves to its place in one step.
	const work = await GuardedFolder.create(cache);
	try {
		const packages = await download(work, source, packageNames[product], signal);
		const root = await unpack(work, packages, signal);
		const program = await unpackedProgram(product, root);
		if (!program) throw new SyncError('environment', 'the unpacked server does not run here');
		if (!isVersion(program, version)) {
			throw new SyncError('environment', `it has ${program.version}`);
		}
		await rename(root, join(cache, packageVersion(product, packages))).catch((error) => {
			// Another run was quicker: its copy is as good.
			if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
		});
	} finally {
		await work.remove();
	}
	const program = await unpackedServer(product, version);
	if (!program) throw new SyncError('environment', 'the unpacked server does not run here');
	return program;
}

/** Downloads the package, and all that it needs. Resolves to the files. */
async function download(
	work: GuardedFolder,
	source: Source,
	packageName: string,
	signal: AbortSignal,
): Promise<string[]> {
	await mkdir(work.file('lists/partial'), { recursive: true });
	await mkdir(work.file('cache/archives/partial'), { recursive: true });
	await writeFile(work.file('debian.sources'), stanza(source));
	const aptGet = (name: string, ...args: string[]) =>
		work.run({
			name,
			command: ['apt-get', ...aptOptions(work), ...args],
			log: 'apt.log',
			signal,
		});
	await aptGet('update', 'update');
	const what = ['--download-only', '--no-install-recommends', packageName];
	await aptGet('download', 'install', '--yes', ...what);
	const archives = work.file('cache/archives');
	const names = (await readdir(archives)).filter((name) => name.endsWith('.deb'));
	return names.map((name) => join(archives, name));
}

/** Unpacks the packages into one tree. Resolves to its root. */
async function unpack(
	work: GuardedFolder,
	packages: readonly string[],
	signal: AbortSignal,
): Promise<string> {
	const root = work.file('root');
	await mkdir(root);
	for (const file of packages) {
		const command = ['dpkg-deb', '--extract', file, root];
		await work.run({ name: 'unpack', command, log: 'unpack.log', signal });
	}
	return root;
}

/** Debian's version of the server, without the epoch, which no folder's name needs. */
function packageVersion(product: Product, packages: readonly string[]): string {
	const pattern = new RegExp(`/${packageNames[product]}_(?:\\d+%3a)?([^_]+)_`, 'i');
	const [version] = packages.flatMap((file) => file.match(pattern)?.[1] ?? []);
	return version ?? 'unknown';
}

function stanza({ mirror: { uri, trust }, suite, architecture }: Source): string {
	const lines = [
		'Types: deb',
		`URIs: ${uri}`,
		`Suites: ${suite}`,
		'Components: main',
		`Architectures: ${architecture}`,
		...trust,
	];
	return `${lines.join('\n')}\n`;
}

/** An apt that reads nothing of the machine's but its settings (a proxy may stand there). */
function aptOptions(work: GuardedFolder): string[] {
	const settings = {
		'Dir::Etc::sourcelist': work.file('debian.sources'),
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

function unavailable(product: Product, version: string | undefined, reason: string): SyncError {
	const name = [productNames[product], version].filter(Boolean).join(' ');
	return new SyncError(
		'environment',
		`${name} cannot be had from Debian (${suites[product].join(', ')}): ${reason}`,
	);
}

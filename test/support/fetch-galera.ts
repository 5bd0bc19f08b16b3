/**
 * Gets Galera, the library that makes a MariaDB server a node of a cluster, into the user's cache: the
 * package of this machine's own Debian suite, as its MariaDB server is, unpacked and never installed.
 */
import { access, mkdir, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GuardedFolder } from '../../source/demo/servers/folder.ts';
import { unpackedFolder } from '../../source/demo/servers/unpacked.ts';
import { SyncError } from '../../source/errors.ts';

const packageName = 'galera-4';

const library = 'usr/lib/galera/libgalera_smm.so';

/** Where distributions install it. */
const installed = [`/${library}`, '/usr/lib64/galera-4/libgalera_smm.so'];

/** Milliseconds for all of it. */
const fetchTimeout = 300_000;

/**
 * The path of the library: the installed one, or one that is fetched once and kept.
 * @throws SyncError `environment` with the reason why it cannot be had
 */
export async function obtainGalera(): Promise<string> {
	const cache = join(dirname(unpackedFolder('mariadb')), 'galera');
	const kept = (await readdir(cache).catch(() => [])).map((name) => join(cache, name, library));
	for (const path of [...installed, ...kept]) if (await exists(path)) return path;
	await mkdir(cache, { recursive: true });
	const work = await GuardedFolder.create(cache);
	try {
		return await fetchGalera(work, cache, AbortSignal.timeout(fetchTimeout));
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new SyncError('environment', `Galera cannot be had from Debian's packages: ${reason}`);
	} finally {
		await work.remove();
	}
}

async function fetchGalera(
	work: GuardedFolder,
	cache: string,
	signal: AbortSignal,
): Promise<string> {
	// Its download user could not write to a folder of mode 0700.
	const apt = (name: string) => ['apt-get', '-o', 'APT::Sandbox::User=root', name];
	const download = () =>
		work.run({
			name: 'download',
			command: [...apt('download'), packageName],
			log: 'apt.log',
			signal,
		});
	try {
		await download();
	} catch {
		// A fresh system has no lists yet.
		await work.run({ name: 'update', command: apt('update'), log: 'apt.log', signal });
		await download();
	}
	const archive = (await readdir(work.path)).find((name) => name.endsWith('.deb'));
	if (archive === undefined) throw new Error('apt-get downloaded nothing');
	const root = work.file('root');
	await mkdir(root);
	const command = ['dpkg-deb', '--extract', work.file(archive), root];
	await work.run({ name: 'unpack', command, log: 'unpack.log', signal });
	const folder = join(cache, archive.replace(/\.deb$/, ''));
	await rename(root, folder).catch((error) => {
		// Another run was quicker: its copy is as good.
		if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
	});
	return join(folder, library);
}

function exists(path: string): Promise<boolean> {
	return access(path).then(
		() => true,
		() => false,
	);
}

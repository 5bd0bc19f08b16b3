/** Servers whose clock is not the machine's: what libfaketime, of Debian's package, tells them. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Product } from '../../source/demo/servers/product.ts';
import { type Server, startServer } from '../../source/demo/servers/server.ts';
import { cacheFolder } from '../../source/demo/servers/unpacked.ts';
import { sharedServer } from './servers.ts';
import type { AtEnd } from './suites.ts';

const run = promisify(execFile);

const library = 'libfaketimeMT.so.1';

/** Milliseconds for one step of getting the package. */
const fetchTimeout = 60_000;

/** Seconds that a server may go on with the clock of before. */
const cacheSeconds = 1;

/** A server, and the way to set its clock while it runs. */
export interface ShiftedServer {
	server: Server;
	/** Seconds that it is ahead of the machine's, from about now on. */
	shift: (seconds: number) => Promise<void>;
}

/** The library: the installed one, one that was fetched before, or one that is fetched now, and not installed. */
export async function obtainFaketime(): Promise<string> {
	const cache = join(cacheFolder(), 'faketime');
	const found = (await findIn('/usr/lib')) ?? (await findIn(join(cache, 'usr/lib')));
	if (found) return found;
	await mkdir(dirname(cache), { recursive: true });
	const work = await mkdtemp(`${cache}-`);
	try {
		const options = { cwd: work, timeout: fetchTimeout };
		const download = () => run('apt-get', ['download', 'libfaketime'], options);
		await download().catch(() => run('apt-get', ['update'], options).then(download));
		const [name = ''] = (await readdir(work)).filter((file) => file.endsWith('.deb'));
		await run('dpkg-deb', ['--extract', name, join(work, 'root')], options);
		// Another run may have been quicker: its copy is as good.
		await rename(join(work, 'root'), cache).catch(() => undefined);
	} finally {
		await rm(work, { recursive: true, force: true });
	}
	const fetched = await findIn(join(cache, 'usr/lib'));
	if (!fetched) throw new Error('the package libfaketime holds no library for this machine');
	return fetched;
}

async function findIn(folder: string): Promise<string | undefined> {
	for (const machine of await readdir(folder).catch(() => [])) {
		const files: string[] = await readdir(join(folder, machine, 'faketime')).catch(() => []);
		if (files.includes(library)) return join(folder, machine, 'faketime', library);
	}
	return undefined;
}

/** Starts a server of a test's own whose clock is so many seconds ahead; stopped at the end. */
export async function startShiftedServer(
	product: Product,
	seconds: number,
	{ faketime, folder, atEnd }: { faketime: string; folder: string; atEnd: AtEnd },
): Promise<ShiftedServer> {
	const { program, template } = sharedServer(product);
	const file = join(folder, `clock-${product}`);
	const shift = async (to: number) => {
		await writeFile(`${file}.new`, `${to < 0 ? '' : '+'}${to}\n`);
		await rename(`${file}.new`, file);
	};
	await shift(seconds);
	const settings = [
		`LD_PRELOAD=${faketime}`,
		`FAKETIME_TIMESTAMP_FILE=${file}`,
		`FAKETIME_CACHE_DURATION=${cacheSeconds}`,
		// Else the server would take a step for time that it has waited.
		'FAKETIME_DONT_FAKE_MONOTONIC=1',
	];
	const command = ['/usr/bin/env', ...settings, ...program.command];
	const server = await startServer({ ...program, command }, { template });
	atEnd(() => server.stop());
	return { server, shift };
}

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { SyncError } from '../../errors.ts';
import { executables } from './executables.ts';
import { findServer } from './find.ts';
import type { ServerProgram } from './product.ts';

/** Milliseconds for one apt-get: the line may be slow, or another apt-get may hold the lock. */
const aptTimeout = 600_000;

/**
 * The server, and the package with my_print_defaults, which
 * mariadb-install-db needs. Neither starts a service.
 */
const debianPackages = ['mariadb-server-core', 'mariadb-client-core'];

/** The command that installs MariaDB, by the system's name in /etc/os-release. */
const installCommands: Record<string, string> = {
	debian: `sudo apt-get install ${debianPackages.join(' ')}`,
	ubuntu: `sudo apt-get install ${debianPackages.join(' ')}`,
	fedora: 'sudo dnf install mariadb-server',
	rhel: 'sudo dnf install mariadb-server',
	centos: 'sudo dnf install mariadb-server',
	alpine: 'sudo apk add mariadb',
	arch: 'sudo pacman -S mariadb',
	suse: 'sudo zypper install mariadb',
	darwin: 'brew install mariadb',
};

/** Properties of this system that decide whether packages can be installed. */
export interface Machine {
	/** Names of the system: its own first, then those that it derives from. */
	systems: readonly string[];
	root: boolean;
	hasApt: boolean;
}

/**
 * Installs a MariaDB server without starting a service, if this system's packages allow it.
 * @param say receives progress messages, line by line
 * @throws SyncError `environment` that says what to install if this program cannot
 */
export async function installMariadb(say: (line: string) => void): Promise<ServerProgram> {
	const machine = await thisMachine();
	if (!mayInstall(machine)) throw noServerHere(machine);
	say(`No MariaDB server found; installing ${debianPackages.join(' and ')}`);
	say('(programs only; no service is started).');
	await aptGet(say, 'update');
	await aptGet(say, 'install', '-y', '--no-install-recommends', ...debianPackages);
	const program = await findServer('mariadb');
	if (program) return program;
	throw new SyncError('environment', 'MariaDB was installed, but its server does not run', {
		hint: 'Run mariadbd --version to see why.',
	});
}

/** True if this program may install packages itself. */
export function mayInstall({ root, hasApt, systems }: Machine): boolean {
	return root && hasApt && systems.includes('debian');
}

/** The error for a system without a server, with the command that installs one. */
export function noServerHere({ systems }: Machine): SyncError {
	const command = systems.map((name) => installCommands[name]).find(Boolean);
	return new SyncError('environment', 'no MariaDB or MySQL server found on this machine', {
		hint: command
			? `Install one and try again: ${command}`
			: 'Install the MariaDB server (mariadbd and mariadb-install-db) and try again.',
	});
}

async function thisMachine(): Promise<Machine> {
	return {
		systems: process.platform === 'linux' ? await linuxNames() : [process.platform],
		root: process.getuid?.() === 0,
		hasApt: (await executables('apt-get')).length > 0,
	};
}

async function linuxNames(): Promise<string[]> {
	const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
	return ['ID', 'ID_LIKE'].flatMap((key) => {
		const value = text.match(new RegExp(`^${key}=(.*)$`, 'm'))?.[1] ?? '';
		return value.replaceAll('"', '').split(' ').filter(Boolean);
	});
}

async function aptGet(say: (line: string) => void, ...args: string[]): Promise<void> {
	say(`  apt-get ${args.join(' ')}`);
	try {
		await promisify(execFile)('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], {
			env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
			timeout: aptTimeout,
			maxBuffer: 64 * 1024 * 1024,
		});
	} catch (error) {
		const said = String((error as { stderr?: string }).stderr ?? '').trim();
		throw new SyncError('environment', `apt-get ${args[0]} failed:`, {
			details: said.slice(-1_000).split('\n'),
			hint: `Install the package by hand and try again: ${installCommands.debian}`,
			cause: error,
		});
	}
}

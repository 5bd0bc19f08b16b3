import { describe, expect, test } from 'vitest';
import { type Machine, mayInstall, noServerHere } from '../../../source/demo/servers/install.ts';

const debianAsRoot: Machine = { systems: ['debian'], root: true, hasApt: true };

describe('the server is installed by itself', () => {
	test('as root on Debian and on what is like it', () => {
		expect(mayInstall(debianAsRoot)).toBe(true);
		expect(mayInstall({ ...debianAsRoot, systems: ['ubuntu', 'debian'] })).toBe(true);
	});

	test('but not by an ordinary user, without apt, or elsewhere', () => {
		expect(mayInstall({ ...debianAsRoot, root: false })).toBe(false);
		expect(mayInstall({ ...debianAsRoot, hasApt: false })).toBe(false);
		expect(mayInstall({ ...debianAsRoot, systems: ['fedora'] })).toBe(false);
	});
});

describe('where it cannot be, the error says what to install', () => {
	test.each([
		[['debian'], 'sudo apt-get install mariadb-server-core mariadb-client-core'],
		[
			['linuxmint', 'ubuntu', 'debian'],
			'sudo apt-get install mariadb-server-core mariadb-client-core',
		],
		[['rocky', 'rhel', 'centos', 'fedora'], 'sudo dnf install mariadb-server'],
		[['alpine'], 'sudo apk add mariadb'],
		[['opensuse-leap', 'suse', 'opensuse'], 'sudo zypper install mariadb'],
		[['darwin'], 'brew install mariadb'],
	])('on %s', (systems, command) => {
		const error = noServerHere({ systems, root: false, hasApt: false });
		expect(error.code).toBe('environment');
		expect(error.hint).toBe(`Install one and try again: ${command}`);
	});

	test('in general words on a system it does not know', () => {
		const error = noServerHere({ systems: ['haiku'], root: true, hasApt: false });
		expect(error.hint).toContain('mariadbd and mariadb-install-db');
	});
});

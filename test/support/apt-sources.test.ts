import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { debianMirrors } from './apt-sources.ts';

async function aptFolder(files: Record<string, string>): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'apt-'));
	onTestFinished(() => rm(folder, { recursive: true }));
	await mkdir(join(folder, 'sources.list.d'));
	for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
	return folder;
}

test('a mirror is read from stanzas, with the key that the machine trusts it by', async () => {
	const folder = await aptFolder({
		'sources.list.d/debian.sources': `Types: deb deb-src
# a comment
URIs: http://mirror.example/debian
Suites: stable stable-updates
Components: main contrib
Signed-By: /keys/debian.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: stable-security
Components: main
Signed-By: /keys/debian.gpg
`,
	});
	expect(await debianMirrors(folder)).toEqual([
		{ uri: 'http://mirror.example/debian', trust: ['Signed-By: /keys/debian.gpg'] },
	]);
});

test('a key in the stanza itself is kept completely', async () => {
	const folder = await aptFolder({
		'sources.list.d/debian.sources': `Types: deb
URIs: http://mirror.example/debian/
Suites: stable
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mDMEY
 -----END PGP PUBLIC KEY BLOCK-----
`,
	});
	const [mirror] = await debianMirrors(folder);
	expect(mirror?.trust).toEqual([
		'Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDMEY\n -----END PGP PUBLIC KEY BLOCK-----',
	]);
});

test('a mirror is read from the one-line format', async () => {
	const folder = await aptFolder({
		'sources.list': `# deb http://old.example/debian stable main
deb-src http://mirror.example/debian stable main
deb [arch=amd64 signed-by=/keys/debian.gpg] http://mirror.example/debian stable main # ours
deb http://mirror.example/debian-security stable-security main
deb [trusted=yes] file:/srv/debian stable main
`,
	});
	expect(await debianMirrors(folder)).toEqual([
		{ uri: 'http://mirror.example/debian', trust: ['Signed-By: /keys/debian.gpg'] },
		{ uri: 'file:/srv/debian', trust: ['Trusted: yes'] },
	]);
});

test('what is switched off, or is no main part of Debian, is no mirror', async () => {
	const folder = await aptFolder({
		'sources.list.d/off.sources': `Enabled: no
Types: deb
URIs: http://mirror.example/debian
Suites: stable
Components: main
`,
		'sources.list.d/tool.list': 'deb http://tool.example/apt stable tool\n',
		'sources.list.d/old.list.save': 'deb http://mirror.example/debian stable main\n',
	});
	expect(await debianMirrors(folder)).toEqual([]);
});

test("Debian's own mirrors come before others that keep packages for it", async () => {
	const folder = await aptFolder({
		'sources.list.d/a.list': 'deb https://packages.example/apt stable main\n',
		'sources.list.d/b.list': 'deb http://mirror.example/debian stable main\n',
	});
	expect((await debianMirrors(folder)).map(({ uri }) => uri)).toEqual([
		'http://mirror.example/debian',
		'https://packages.example/apt',
	]);
});

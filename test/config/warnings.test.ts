import { chmod } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { loadConfig } from '../../source/config/load.ts';
import { configWarnings } from '../../source/config/warnings.ts';
import { configFile, end, pair, site } from './files.ts';

async function warningsOf(entry: object, mode = 0o600) {
	const cloud = end({ host: 'cloud.example', ssl: true });
	const path = await configFile(site([pair({ cloud, ...entry })]));
	await chmod(path, mode);
	return {
		path,
		warnings: await configWarnings(await loadConfig({ path, env: { DB_PASSWORD: 'x' } })),
	};
}

test('a password in a file that everybody can read is warned of, without showing it', async () => {
	const { path, warnings } = await warningsOf({ local: end({ password: 's3cret' }) }, 0o644);
	expect(warnings).toEqual([expect.stringContaining(`chmod 600 ${path}`)]);
	expect(warnings.join()).not.toContain('s3cret');
});

test.each([
	['the file is private', 's3cret', 0o600],
	['the file is shared with a group only', 's3cret', 0o640],
	['the password is elsewhere', { env: 'DB_PASSWORD' }, 0o644],
	['the password is empty', '', 0o644],
])('nothing is warned of where %s', async (_case, password, mode) => {
	const { warnings } = await warningsOf({ local: end({ password }) }, mode);
	expect(warnings).toEqual([]);
});

test.each([
	[
		'nothing is said of TLS',
		{},
		/^pair shop, cloud: the identity of db\.example is not verified, and nothing is encrypted if the server offers no TLS\./,
	],
	[
		'TLS is turned off',
		{ ssl: false },
		/^pair shop, cloud: the connection to db\.example is not encrypted:/,
	],
	[
		'TLS is not verified',
		{ ssl: { verify: false } },
		/^pair shop, cloud: the identity of db\.example is not verified\. Set/,
	],
])('where %s the line to another host is warned of', async (_case, entry, words) => {
	const cloud = end({ host: 'db.example', ...entry });
	expect((await warningsOf({ cloud })).warnings).toEqual([expect.stringMatching(words)]);
	expect((await warningsOf({ cloud, enabled: false })).warnings).toEqual([]);
	const near = end({
		hosts: ['127.0.0.9:1', '[::1]:2', 'localhost.'],
		database: 'other',
		...entry,
	});
	expect((await warningsOf({ cloud: near })).warnings).toEqual([]);
	const socket = end({ socket: '/run/mysqld.sock', database: 'other', ...entry });
	expect((await warningsOf({ cloud: socket })).warnings).toEqual([]);
});

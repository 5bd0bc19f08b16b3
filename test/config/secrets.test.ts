import { writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../source/config/load.ts';
import { expandPath } from '../../source/config/path.ts';
import { configFile, end, load, pair, refusals, site, temporaryFolder } from './files.ts';

const withPassword = (password: unknown) => site([pair({ local: end({ password }) })]);

describe('a password', () => {
	test('stands in the file itself, and none is the empty one', async () => {
		const { pairs } = await load(withPassword(' s3cret\n'));
		expect(pairs[0]?.local.password).toBe(' s3cret\n');
		expect(pairs[0]?.cloud.password).toBe('');
	});

	test('comes from the environment, where it may be empty', async () => {
		const content = withPassword({ env: 'DB_PASSWORD' });
		const one = await load(content, { DB_PASSWORD: 'from env\n' });
		expect(one.pairs[0]?.local.password).toBe('from env\n');
		const two = await load(content, { DB_PASSWORD: '' });
		expect(two.pairs[0]?.local.password).toBe('');
	});

	test.each([
		['s3cret\n', 's3cret'],
		['s3cret\r\n', 's3cret'],
		['s3cret\n\n', 's3cret\n'],
		['s3cret ', 's3cret '],
	])('comes from a file beside the configuration: %j is %j', async (content, password) => {
		const folder = await temporaryFolder();
		await writeFile(join(folder, 'pw'), content);
		const path = await configFile(withPassword({ file: 'pw' }), folder);
		const { pairs } = await loadConfig({ path, env: {} });
		expect(pairs[0]?.local.password).toBe(password);
	});

	test('that is not there is refused with its key and its variable or file', async () => {
		const found = await refusals(
			site([
				pair({
					local: end({ password: { env: 'NO_SUCH' } }),
					cloud: end({ host: 'cloud.example', password: { file: '/nowhere/pw' } }),
				}),
			]),
		);
		expect(found).toEqual([
			expect.stringMatching(
				/^\d+:\d+: sync_pairs\[0\]\.local\.password\.env names the environment variable NO_SUCH, which is not set$/,
			),
			expect.stringMatching(
				/^\d+:\d+: sync_pairs\[0\]\.cloud\.password\.file names the file \/nowhere\/pw, which does not exist$/,
			),
		]);
	});

	test('of a pair that is not enabled need not be there', async () => {
		const ends = { enabled: false, local: end({ password: { env: 'NO_SUCH' } }) };
		const { pairs } = await load(site([pair(ends)]));
		expect(pairs[0]).toMatchObject({ enabled: false, local: { password: '' } });
	});
});

describe('ssl', () => {
	const withSsl = (ssl: unknown) => site([pair({ local: end({ ssl }) })]);

	test.each([
		[true, { verify: true }],
		[{}, { verify: true }],
		[{ verify: false }, { verify: false }],
		[{ servername: 'db.example' }, { verify: true, servername: 'db.example' }],
		[false, false],
		[undefined, undefined],
	])('%j is %j', async (ssl, tls) => {
		const { pairs } = await load(withSsl(ssl));
		expect(pairs[0]?.local.tls).toEqual(tls);
	});

	test('has its files read', async () => {
		const folder = await temporaryFolder();
		for (const name of ['ca', 'cert', 'key']) await writeFile(join(folder, name), `PEM ${name}\n`);
		const ssl = { ca: 'ca', cert: join(folder, 'cert'), key: './key' };
		const { pairs } = await loadConfig({ path: await configFile(withSsl(ssl), folder), env: {} });
		expect(pairs[0]?.local.tls).toEqual({
			ca: 'PEM ca\n',
			cert: 'PEM cert\n',
			key: 'PEM key\n',
			verify: true,
		});
	});

	test('with a file that is not there, or a certificate without its key, is refused', async () => {
		expect(await refusals(withSsl({ ca: '/nowhere/ca.pem' }))).toEqual([
			expect.stringContaining(
				'sync_pairs[0].local.ssl.ca names the file /nowhere/ca.pem, which does not exist',
			),
		]);
		expect(await refusals(withSsl({ cert: 'x' }))).toEqual([
			expect.stringContaining('sync_pairs[0].local.ssl.key is missing: `cert` requires it'),
		]);
		expect(await refusals(withSsl({ key: 'x', verfy: true }))).toEqual([
			expect.stringContaining('ssl.cert is missing: `key` requires it'),
			expect.stringContaining('ssl.verfy is not a known key; did you mean `verify`?'),
		]);
	});
});

test.each([
	['~', homedir()],
	['~/pw', join(homedir(), 'pw')],
	['~other/pw', '/etc/sync/~other/pw'],
	['../pw', '/etc/pw'],
	['/pw', '/pw'],
])('the path %s of a file in /etc/sync is %s', (path, expanded) => {
	expect(expandPath(path, '/etc/sync')).toBe(expanded);
});

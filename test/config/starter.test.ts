import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Conf from 'conf';
import { expect, test } from 'vitest';
import { describeConfig } from '../../source/config/describe.ts';
import { loadConfig } from '../../source/config/load.ts';
import { defaultConfigPath, projectName } from '../../source/config/path.ts';
import { writeStarterConfig } from '../../source/config/starter.ts';
import { configWarnings } from '../../source/config/warnings.ts';
import { moveConfigHome, rejection, temporaryFolder } from './files.ts';

test('the default place is the one that conf uses', async () => {
	moveConfigHome(await temporaryFolder());
	expect(new Conf({ projectName, projectSuffix: '' }).path).toBe(defaultConfigPath());
});

test('a first configuration is written to the default place, for its owner only', async () => {
	const folder = await temporaryFolder();
	moveConfigHome(join(folder, 'not', 'there'));
	const path = await writeStarterConfig();
	expect(path).toBe(join(folder, 'not', 'there', 'mysql-sync-tui', 'config.json'));
	expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test.each(['site.json', 'site.conf.json', 'site', '.site'])(
	'or to a file named %s',
	async (name) => {
		const path = join(await temporaryFolder(), name);
		expect(await writeStarterConfig(path)).toBe(path);
		expect(JSON.parse(await readFile(path, 'utf8'))).toHaveProperty('sync_pairs');
	},
);

test('the first configuration loads, with one sample pair that does nothing yet', async () => {
	const path = await writeStarterConfig(join(await temporaryFolder(), 'config.json'));
	const config = await loadConfig({ path, env: {} });
	expect(config.pairs.map(({ name, enabled }) => ({ name, enabled }))).toEqual([
		{ name: 'example', enabled: false },
	]);
	expect(describeConfig(config)[1]).toContain('example: not enabled');
	expect(await configWarnings(config)).toEqual([]);

	const file = JSON.parse(await readFile(path, 'utf8'));
	expect(file.$schema).toMatch(/config\.schema\.json$/);
	file.sync_pairs[0].enabled = true;
	await writeFile(path, JSON.stringify(file));
	const error = await rejection(loadConfig({ path, env: {} }));
	expect(error.describe()).toContain('LOCAL_DB_PASSWORD');
	expect(error.describe()).toContain('CLOUD_DB_PASSWORD');
});

test('a configuration that exists is left as it is', async () => {
	const path = join(await temporaryFolder(), 'config.json');
	await writeFile(path, 'mine');
	const error = await rejection(writeStarterConfig(path));
	expect(error).toMatchObject({ code: 'config', message: expect.stringContaining(path) });
	expect(await readFile(path, 'utf8')).toBe('mine');
});

test('a place that cannot be written to is named', async () => {
	const folder = await temporaryFolder();
	await writeFile(join(folder, 'file'), '');
	const path = join(folder, 'file', 'config.json');
	expect(await rejection(writeStarterConfig(path))).toMatchObject({
		code: 'config',
		message: expect.stringContaining(`${path} cannot be written`),
	});
	await mkdir(join(folder, 'folder.json'));
	const existing = await rejection(writeStarterConfig(join(folder, 'folder.json')));
	expect(existing.message).toContain('already exists');
});

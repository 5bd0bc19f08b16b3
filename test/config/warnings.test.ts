import { chmod } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { configWarnings } from '../../source/config/warnings.ts';
import { configFile, end, pair, site } from './files.ts';

test('a password in a file that everybody can read is warned of, without showing it', async () => {
	const path = await configFile(site([pair({ local: end({ password: 's3cret' }) })]));
	await chmod(path, 0o644);
	const warnings = await configWarnings(path);
	expect(warnings).toEqual([expect.stringContaining(`chmod 600 ${path}`)]);
	expect(warnings.join()).not.toContain('s3cret');
});

test.each([
	['the file is private', 's3cret', 0o600],
	['the file is shared with a group only', 's3cret', 0o640],
	['the password is elsewhere', { env: 'DB_PASSWORD' }, 0o644],
	['the password is empty', '', 0o644],
])('nothing is warned of where %s', async (_case, password, mode) => {
	const path = await configFile(site([pair({ local: end({ password }) })]));
	await chmod(path, mode);
	expect(await configWarnings(path)).toEqual([]);
});

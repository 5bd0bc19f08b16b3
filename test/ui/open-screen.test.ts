import { expect, test } from 'vitest';
import { openScreen } from '../../source/ui/main.tsx';
import { FakeEngine, pair } from '../support/fake-engine.ts';

test('without a terminal it refuses and names the commands that need none', async () => {
	const stream = { isTTY: false };
	const opening = openScreen(new FakeEngine([pair('shop')]), {
		configPath: '/etc/config.json',
		version: '1.2.3',
		stdin: stream as NodeJS.ReadStream,
		stdout: stream as NodeJS.WriteStream,
	});
	await expect(opening).rejects.toMatchObject({
		code: 'usage',
		hint: expect.stringMatching(/run.*status/),
	});
});

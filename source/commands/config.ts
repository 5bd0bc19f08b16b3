import { describeConfig } from '../config/describe.ts';
import { loadConfig } from '../config/load.ts';
import { defaultConfigPath } from '../config/path.ts';
import { configWarnings } from '../config/warnings.ts';
import { SyncError } from '../errors.ts';
import { type Command, exitCode } from './command.ts';

export const config: Command = {
	name: 'config',
	words: 'path|check',
	summary: 'print where the configuration is, or check it',
	flags: [],
	run: async ({ words, flags, out, err }) => {
		const [word, ...rest] = words;
		if (rest.length > 0 || (word !== 'path' && word !== 'check')) {
			throw new SyncError('usage', 'config takes one word: path or check');
		}
		if (word === 'path') {
			out(flags.config ?? defaultConfigPath());
			return exitCode.done;
		}
		const loaded = await loadConfig({ path: flags.config });
		out(describeConfig(loaded));
		err(await configWarnings(loaded));
		return exitCode.done;
	},
};

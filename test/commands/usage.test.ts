import { describe, expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';

const end = { user: 'nobody', host: '127.0.0.1', port: 1 };
const config = {
	sync_pairs: [
		{
			name: 'shop',
			local: { ...end, database: 'one', node_id: 'here' },
			cloud: { ...end, database: 'two' },
			tables: 'all',
		},
	],
};

const commands = [
	...['run', 'sync', 'status', 'install', 'uninstall', 'conflicts', 'resolve', 'errors', 'retry'],
	...['history', 'forget', 'config', 'demo'],
];

function isTooLong(line: string): boolean {
	return line.length > 80;
}

describe('the command line', () => {
	it.each([
		[['statu'], 'there is no command named statu\n  Did you mean status?'],
		[['help', 'statu'], 'there is no command named statu\n  Did you mean status?'],
		[['sync', 'shpo'], 'there is no pair named shpo\n  Did you mean shop?'],
		[['sync', '--onse'], 'there is no option --onse\n  Did you mean --once?'],
		[['sync', '--direction', 'up'], '--direction cannot be up\n  It is local-to-cloud'],
		[['status', '--once'], 'status does not take --once'],
		[['run', '--json'], 'run does not take --json'],
		[['config'], 'config takes one word: path or check'],
		[['demo', '--headless', '--seconds', 'x'], '--seconds cannot be x'],
		[['demo', '--seconds', '3'], '--seconds goes with --headless'],
		[['sync', '--table'], ''],
		[[], 'The screen needs a terminal'],
		[['demo'], 'The screen needs a terminal'],
	])('%j is refused with exit code 2 and a hint', async (args, message) => {
		const result = await runProgram(args, { config });
		expect(result).toMatchObject({ code: 2, stdout: '' });
		expect(result.stderr).toContain(message);
		expect(result.stderr).not.toMatch(/^\s+at /m);
	});

	it('refuses a configuration before anything is touched, naming key and place', async () => {
		const [pair] = config.sync_pairs;
		const result = await runProgram(['sync'], {
			config: { intervall: '1m', sync_pairs: [{ ...pair, tables: 7 }] },
		});
		expect(result).toMatchObject({ code: 2, stdout: '' });
		expect(result.stderr).toMatch(
			/config\.json:2:\d+: intervall is not a known key; did you mean `interval`\?/,
		);
		expect(result.stderr).toContain('sync_pairs[0].tables');
	});

	it('tells where the configuration is without making one, and whether it holds', async () => {
		const path = await runProgram(['config', 'path']);
		expect(path.stdout).toMatch(/\/\.config\/mysql-sync-tui\/config\.json\n$/);
		const missing = await runProgram(['config', 'check']);
		expect(missing).toMatchObject({ code: 2, stdout: '' });
		const check = await runProgram(['config', 'check'], { config });
		expect(check.code).toBe(0);
		expect(check.stdout).toContain('shop: every 10m');
	});

	it('prints help and version', async () => {
		expect(await runProgram(['--version'])).toMatchObject({ code: 0, stdout: '0.1.0\n' });
		const help = await runProgram(['--help']);
		expect(help.code).toBe(0);
		for (const name of commands) expect(help.stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
		expect(help.stdout.split('\n').filter(isTooLong)).toEqual([]);
	});

	it.each(commands)('explains what %s takes, either way that it is asked', async (name) => {
		const help = await runProgram(['help', name]);
		expect(help).toMatchObject({ code: 0, stderr: '' });
		expect(help.stdout).toMatch(new RegExp(`^Usage: mysql-sync-tui ${name} `));
		expect(help.stdout.split('\n').filter(isTooLong)).toEqual([]);
		expect(await runProgram([name, '--help'])).toEqual({ ...help, json: expect.any(Function) });
	});
});

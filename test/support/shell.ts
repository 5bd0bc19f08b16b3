import { type ChildProcess, spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../config/files.ts';
import { cleanEnvironment, Program, programPath, type Result } from './program.ts';

/** In a script: the built program, in place of a function so that `exec` takes it. */
const prelude = 'P="$NODE $PROGRAM"\n';

/**
 * Starts a script of the system's shell in which `$P …  $C` is the built program with a configuration. It is
 * killed at the end of the test if it still runs.
 */
export async function startShell(
	script: string,
	configPath: string,
): Promise<{ program: Program; child: ChildProcess; folder: string }> {
	const folder = await temporaryFolder();
	const child = spawn('sh', ['-c', prelude + script], {
		cwd: folder,
		env: {
			...cleanEnvironment(folder),
			...{ NODE: process.execPath, PROGRAM: programPath, C: `--config=${configPath}` },
		},
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const program = new Program(child);
	onTestFinished(async () => {
		if (program.running) program.signal('SIGKILL');
		await program.exited;
	});
	return { program, child, folder };
}

/** Runs such a script to its end. */
export async function runShell(
	script: string,
	configPath: string,
): Promise<Pick<Result, 'code' | 'stdout' | 'stderr'>> {
	const { program } = await startShell(script, configPath);
	const { code } = await program.exited;
	const { stdout, stderr } = program;
	return { code, stdout, stderr };
}

import { readFile } from 'node:fs/promises';

/** Whether a process is running. One that has ended but that nobody has waited for is not. */
export async function isRunning(pid: number): Promise<boolean> {
	if (process.platform === 'linux') {
		const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
		return commandLine !== '';
	}
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

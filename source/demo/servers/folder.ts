/**
 * A temporary folder and the processes running in it. They end with this program, however it ends.
 *
 * A guardian (a shell in its own session) creates the folder and holds the read end of a pipe from this
 * program. The pipe closes when the folder is no longer needed, or when this program is killed. The guardian
 * then kills the processes in the folder and removes it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SyncError } from '../../errors.ts';

/**
 * Moving the folder first avoids a race: a process that has not yet written its pid to
 * the folder fails to start, and one that has is killed. A dying process may still
 * write, so one pass of `rm` may leave something behind.
 */
const guardian = `
trap '' HUP INT TERM
folder=$(mktemp -d "$1") || exit 1
printf '%s\\n' "$folder"
while read -r _; do :; done
mv "$folder" "$folder.gone" || exit 1
for file in "$folder.gone"/*.pid; do
	if read -r pid <"$file"; then kill -s KILL -- "-$pid"; fi
done
tries=0
until rm -rf "$folder.gone" || [ "$tries" -ge 100 ]; do tries=$((tries + 1)); sleep 0.1; done
`;

/** The pid file appears atomically, so the guardian never reads a partial one. */
const underGuard = 'echo $$ >"$0.new" && mv "$0.new" "$0" && exec "$@"';

export interface ProcessOptions {
	/** Short, and unique among the processes in the folder. */
	name: string;
	command: readonly string[];
	/** The file in the folder for the process's output. */
	log: string;
	env?: NodeJS.ProcessEnv | undefined;
}

/** Characters of output quoted in an error. */
const tailLength = 1_500;

export class GuardedFolder {
	readonly path: string;
	readonly #guardian: ChildProcess;
	readonly #processes = new Set<ChildProcess>();

	private constructor(path: string, guardian: ChildProcess) {
		this.path = path;
		this.#guardian = guardian;
	}

	/**
	 * Creates a folder with mode 0700.
	 * @param parent the system's temporary folder by default
	 * @throws SyncError `environment` if none can be created
	 */
	static async create(parent = tmpdir()): Promise<GuardedFolder> {
		const template = join(parent, 'mysql-sync-tui-XXXXXX');
		// A separate session keeps the terminal's Ctrl-C away from the guardian.
		const shell = spawn('sh', ['-c', guardian, 'guardian', template], {
			cwd: '/',
			detached: true,
			stdio: ['pipe', 'pipe', 'ignore'],
		});
		const failure = new Promise<never>((_, reject) => {
			const refuse = (cause?: unknown) =>
				reject(
					new SyncError('environment', `cannot create a temporary folder in ${parent}`, {
						hint: 'Set TMPDIR to a writable folder.',
						cause,
					}),
				);
			shell.once('error', refuse);
			shell.once('exit', () => refuse());
		});
		const lines = createInterface({ input: shell.stdout });
		const [path] = (await Promise.race([once(lines, 'line'), failure])) as [string];
		lines.close();
		shell.stdout.destroy();
		// If the guardian was killed, writing to it must not end this program.
		shell.stdin.on('error', () => undefined);
		// The guardian alone must not keep this program running.
		shell.unref();
		(shell.stdin as typeof shell.stdin & { unref(): void }).unref();
		return new GuardedFolder(path, shell);
	}

	/** A path in the folder. */
	file(...names: string[]): string {
		return join(this.path, ...names);
	}

	/** Starts a process in its own session. It does not keep this program running. */
	start({ name, command, log, env = process.env }: ProcessOptions): ChildProcess {
		const pidFile = this.file(`${name}.pid`);
		const output = openSync(this.file(log), 'a', 0o600);
		const child = spawn('sh', ['-c', underGuard, pidFile, ...command], {
			cwd: this.path,
			detached: true,
			env: { ...env, TMPDIR: this.path },
			stdio: ['ignore', output, output],
		});
		closeSync(output);
		this.#processes.add(child);
		child.once('exit', () => {
			// From now on the pid may be reused.
			rmSync(pidFile, { force: true });
			this.#processes.delete(child);
		});
		child.unref();
		return child;
	}

	/**
	 * Runs a process until it exits.
	 * @param signal kills it
	 * @throws SyncError `environment` with the end of its output, unless it exits with 0
	 */
	async run(options: ProcessOptions & { signal?: AbortSignal | undefined }): Promise<void> {
		const { signal, command, log } = options;
		const child = this.start(options);
		const abort = () => signalGroup(child, 'SIGKILL');
		signal?.addEventListener('abort', abort);
		if (signal?.aborted) abort();
		const code = await ended(child);
		signal?.removeEventListener('abort', abort);
		if (code === 0) return;
		const outcome = signal?.aborted ? 'took too long' : 'failed';
		throw new SyncError('environment', `${command[0]} ${outcome}:`, {
			details: this.tail(log).split('\n'),
		});
	}

	/** The end of a log. */
	tail(log: string): string {
		return readFileSync(this.file(log), 'utf8').trim().slice(-tailLength);
	}

	/** Kills the processes in the folder and removes it. Can be called again. */
	async remove(): Promise<void> {
		const processes = [...this.#processes];
		for (const child of processes) signalGroup(child, 'SIGKILL');
		this.#guardian.stdin?.end();
		await Promise.all([...processes, this.#guardian].map(ended));
		// Needed only if the guardian itself was killed.
		await rm(this.path, { recursive: true, force: true });
	}
}

/** Resolves when a process has ended, to its exit code or to the signal that ended it. */
export async function ended(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
	if (child.exitCode === null && child.signalCode === null) {
		child.ref();
		await once(child, 'exit');
	}
	return child.exitCode ?? child.signalCode;
}

/** Sends a signal to a process group. Does nothing if the process has ended. */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
	if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
	try {
		process.kill(-child.pid, signal);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
}

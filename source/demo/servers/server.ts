import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { SyncError } from '../../errors.ts';
import { copyData, dataTemplate } from './data.ts';
import { ended, GuardedFolder, signalGroup } from './folder.ts';
import { footprintOptions, leadingOptions, relaxedOptions } from './options.ts';
import { freePort } from './port.ts';
import { type Product, productNames, type ServerProgram } from './product.ts';

const host = '127.0.0.1';
const user = 'root';
const log = 'error.log';

/** Milliseconds for a server to answer its first query. */
const startTimeout = 90_000;
/** Milliseconds for one attempt. */
const answerTimeout = 5_000;
/** Milliseconds between two attempts. */
const startPoll = 50;
/** Milliseconds for a clean shutdown. */
const shutdownTimeout = 30_000;
/** Number of ports tried if others take them first. */
const portAttempts = 5;

/** Bytes of a socket's path that every system accepts (Linux 107, macOS 103). */
const longestSocketPath = 103;

const portTaken = /address already in use|bind on tcp\/ip port/i;

export interface StartOptions {
	/** Further server options; they override the others. */
	args?: readonly string[];
	/** Commits reach the disk, as by default, instead of only the file cache. */
	durable?: boolean;
	/** A pristine data folder of the same program to copy; created by default. */
	template?: string;
}

/** A throwaway server on the loopback address. It ends with this program, however that ends. */
export class Server {
	readonly host = host;
	readonly user = user;
	readonly product: Product;
	/** For example `10.11.19`. */
	readonly version: string;
	readonly port: number;
	readonly socket: string;
	readonly password: string;
	/** Holds everything: data, log, socket. */
	readonly folder: string;
	readonly #command: readonly string[];
	readonly #guarded: GuardedFolder;
	#process: ChildProcess | undefined;

	constructor(program: ServerProgram, guarded: GuardedFolder, port: number, options: StartOptions) {
		this.product = program.product;
		this.version = program.version;
		this.port = port;
		this.socket = socketIn(guarded);
		this.password = randomBytes(18).toString('base64url');
		this.folder = guarded.path;
		this.#guarded = guarded;
		this.#command = [
			...program.command,
			...leadingOptions(program),
			`--datadir=${guarded.file('data')}`,
			`--tmpdir=${guarded.path}`,
			`--pid-file=${guarded.file('server-id')}`,
			`--socket=${this.socket}`,
			`--bind-address=${host}`,
			`--port=${port}`,
			...footprintOptions(program),
			...(options.durable ? [] : relaxedOptions(program)),
			...(options.args ?? []),
		];
	}

	/** The process id; undefined while the server is down. */
	get pid(): number | undefined {
		return this.#process?.pid;
	}

	/**
	 * Starts the process and waits until it answers.
	 * @param initFile a file of statements to run before the first connection
	 * @throws SyncError `environment` with the end of the server's log
	 */
	async begin(initFile?: string): Promise<void> {
		const child = this.#guarded.start({
			name: 'server',
			command: [...this.#command, ...(initFile ? [`--init-file=${initFile}`] : [])],
			log,
		});
		this.#process = child;
		child.once('exit', () => {
			if (this.#process === child) this.#process = undefined;
		});
		const deadline = performance.now() + startTimeout;
		while (!(await this.#answers())) {
			if (this.#process !== child) throw this.#failure('exited while starting');
			if (performance.now() > deadline) {
				throw this.#failure(`did not answer within ${startTimeout / 1000} s`);
			}
			await pause(startPoll);
		}
	}

	/** Sends a signal to the server. Waits for its end if the signal ends it. */
	async kill(signal: NodeJS.Signals): Promise<void> {
		const child = this.#process;
		if (child === undefined) return;
		signalGroup(child, signal);
		if (signal === 'SIGKILL' || signal === 'SIGTERM') await ended(child);
	}

	/** Starts the server again with the same port and data, after shutting down a running one. */
	async restart(): Promise<void> {
		const child = this.#process;
		if (child !== undefined) {
			const force = setTimeout(() => signalGroup(child, 'SIGKILL'), shutdownTimeout);
			signalGroup(child, 'SIGTERM');
			// A frozen process handles no other signal.
			signalGroup(child, 'SIGCONT');
			await ended(child);
			clearTimeout(force);
		}
		await this.begin();
	}

	/** Ends the server and removes its folder. Can be called again. */
	async stop(): Promise<void> {
		// No clean shutdown: its data is removed anyway.
		await this.#guarded.remove();
	}

	async #answers(): Promise<boolean> {
		try {
			const connection = await createConnection({
				socketPath: this.socket,
				user,
				password: this.password,
				connectTimeout: answerTimeout,
			});
			connection.on('error', () => undefined);
			try {
				await connection.query<RowDataPacket[]>({ sql: 'SELECT 1', timeout: answerTimeout });
				return true;
			} finally {
				connection.destroy();
			}
		} catch {
			return false;
		}
	}

	#failure(what: string): SyncError {
		const name = `${productNames[this.product]} ${this.version}`;
		return new SyncError('environment', `${name} ${what}. Its log ends:`, {
			details: this.#guarded.tail(log).split('\n'),
		});
	}

	/** True if the log says that another program has the port. */
	get portTaken(): boolean {
		return portTaken.test(this.#guarded.tail(log));
	}
}

/**
 * Starts a throwaway server: data in its own temporary folder (0700), a free port on
 * the loopback address, a random password for root.
 * @throws SyncError `environment` with the end of the server's log if it does not start
 */
export async function startServer(
	program: ServerProgram,
	options: StartOptions = {},
): Promise<Server> {
	const template = options.template ?? (await dataTemplate(program));
	for (let attempt = 1; ; attempt += 1) {
		const guarded = await createFolder();
		let server: Server | undefined;
		try {
			await copyData(template, guarded.file('data'));
			server = new Server(program, guarded, await freePort(), options);
			const initFile = guarded.file('accounts.sql');
			await writeFile(initFile, accounts(server.password), { mode: 0o600 });
			await server.begin(initFile);
			return server;
		} catch (error) {
			const again = server?.portTaken === true && attempt < portAttempts;
			await guarded.remove();
			if (!again) throw error;
		}
	}
}

/** A folder in which a socket's path is short enough. */
async function createFolder(): Promise<GuardedFolder> {
	const guarded = await GuardedFolder.create();
	if (Buffer.byteLength(socketIn(guarded)) <= longestSocketPath) return guarded;
	await guarded.remove();
	return GuardedFolder.create('/tmp');
}

function socketIn(guarded: GuardedFolder): string {
	return guarded.file('s');
}

/** One statement per line: neither server accepts more. */
function accounts(password: string): string {
	return [
		`ALTER USER 'root'@'localhost' IDENTIFIED BY '${password}';`,
		`DROP USER IF EXISTS 'root'@'127.0.0.1';`,
		`DROP USER IF EXISTS 'root'@'::1';`,
		// With --skip-name-resolve, 127.0.0.1 is not localhost.
		`CREATE USER 'root'@'127.0.0.1' IDENTIFIED BY '${password}';`,
		`GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;`,
		'',
	].join('\n');
}

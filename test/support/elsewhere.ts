/**
 * The program on another machine than the servers, as far as addresses tell: in a network of its own that has
 * a second address besides loopback's, and nothing of this machine's. Servers are reached there through
 * their sockets.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
	cleanEnvironment,
	type Exit,
	Program,
	programPath,
	type Result,
	writeConfig,
} from './program.ts';

/** The address of that machine's neighbour, where the servers are. */
export const elsewhere = '10.200.0.1';

const ownNetwork = ['-Urn', 'sh', '-c'];
const withAddress = `ip link set lo up && ip address add ${elsewhere}/32 dev lo`;

/** True if this system lets a test have its own network. */
export function hasElsewhere(): boolean {
	return spawnSync('unshare', [...ownNetwork, withAddress]).status === 0;
}

/** Listens at the ports for each of the sockets, and runs the program there until its own input ends. */
const relay = `
const [sockets, ...program] = JSON.parse(process.argv[1]);
const { connect, createServer } = require('node:net');
let waiting = Object.keys(sockets).length;
for (const [port, path] of Object.entries(sockets)) {
	createServer((client) => {
		const server = connect(path);
		for (const socket of [client, server]) socket.on('error', () => {});
		client.pipe(server).pipe(client);
	}).listen(Number(port), '${elsewhere}', () => --waiting === 0 && start());
}
function start() {
	const child = require('node:child_process').spawn(process.execPath, program, { stdio: 'inherit' });
	process.stdin.on('end', () => child.kill('SIGTERM')).resume();
	child.on('exit', (code) => process.exit(code ?? 1));
}
`;

/**
 * Starts a command of the built program there. It is stopped at the end of the test if it still runs.
 * @param sockets the servers' sockets by the port of \`elsewhere\` that leads to them
 */
export async function startElsewhere(
	args: readonly string[],
	config: object,
	sockets: Record<number, string>,
): Promise<Elsewhere> {
	const home = await mkdtemp(join(tmpdir(), 'home-'));
	const command = [programPath, ...args, '--config', await writeConfig(config)];
	const child = spawn(
		'unshare',
		[
			...[...ownNetwork, `${withAddress} && exec "$@"`, 'sh'],
			...[process.execPath, '-e', relay, JSON.stringify([sockets, ...command])],
		],
		{ env: cleanEnvironment(home) },
	);
	const program = new Program(child);
	const stop = async () => {
		child.stdin.end();
		return program.exited;
	};
	onTestFinished(async () => {
		await stop();
	});
	return { program, stop };
}

interface Elsewhere {
	program: Program;
	/** Sends it SIGTERM and waits for its end. */
	stop: () => Promise<Exit>;
}

/** Runs a command there to its end. */
export async function runElsewhere(
	...how: Parameters<typeof startElsewhere>
): Promise<Pick<Result, 'code' | 'stdout' | 'stderr'>> {
	const { program } = await startElsewhere(...how);
	const { code } = await program.exited;
	const { stdout, stderr } = program;
	return { code, stdout, stderr };
}

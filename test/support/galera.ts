/** Galera clusters on the loopback address. */
import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { describe, inject, onTestFinished } from 'vitest';
import { copyData } from '../../source/demo/servers/data.ts';
import { GuardedFolder } from '../../source/demo/servers/folder.ts';
import {
	footprintOptions,
	leadingOptions,
	relaxedOptions,
} from '../../source/demo/servers/options.ts';
import { freePort } from '../../source/demo/servers/port.ts';
import type { ServerProgram } from '../../source/demo/servers/product.ts';
import type { ServerAddress } from './servers.ts';
import type { AtEnd } from './suites.ts';
import { waitFor } from './wait.ts';

/** What a cluster is started from. */
export interface GaleraParts {
	program: ServerProgram;
	/** A data folder to copy. */
	template: string;
	/** The path of Galera's library. */
	library: string;
}

declare module 'vitest' {
	interface ProvidedContext {
		galera: GaleraParts | { missing: string };
	}
}

/** A suite that needs a Galera cluster; skipped, with the reason, where none can be had. */
export function describeOnGalera(name: string, body: () => void): void {
	const parts = inject('galera');
	if ('missing' in parts) describe.skip(`${name} (${parts.missing})`, body);
	else describe(name, body);
}

/** One node of a cluster, to be reached with the account that all of them know. */
export interface GaleraNode extends ServerAddress {
	/** Runs statements on it as root, by its socket. Resolves to the rows of the last one. */
	run: (...statements: string[]) => Promise<RowDataPacket[]>;
	/** Cuts it off from the other nodes, so that it leaves the primary component; or lets it back in. */
	isolate: (isolated: boolean) => Promise<void>;
}

const host = '127.0.0.1';
const account = { user: 'sync', password: 'of all nodes' };

/** Milliseconds for a node to become a member. */
const joinTimeout = 60_000;

/**
 * The servers call it to copy data from one node to another. Here they begin with copies of one data
 * folder, so there is nothing to copy: the joiner is told the position that it has already, and gets
 * what came after that from the log of the donor (IST).
 */
const transferScript = `#!/bin/sh
while [ $# -gt 0 ]; do
	case $1 in
		--role) role=$2 ;;
		--address) address=$2 ;;
		--datadir) data=$2 ;;
		--gtid) gtid=$2 ;;
		--bypass) bypass=1 ;;
	esac
	shift
done
if [ "$role" = joiner ]; then
	mkfifo "$data/position" && echo "ready $data/position"
	read -r gtid <"$data/position" && rm "$data/position" && echo "$gtid"
else
	[ "$bypass" ] && echo "$gtid" >"$address" && echo "done $gtid"
fi
`;

/** Starts a cluster of so many nodes, and waits until all are members; stopped at the end. */
export async function startGalera(
	size: number,
	{ atEnd = onTestFinished }: { atEnd?: AtEnd } = {},
): Promise<GaleraNode[]> {
	const parts = inject('galera');
	if ('missing' in parts) throw new Error(parts.missing);
	const folder = await GuardedFolder.create();
	atEnd(() => folder.remove());
	await writeFile(folder.file('wsrep_sst_same_data'), transferScript);
	await chmod(folder.file('wsrep_sst_same_data'), 0o755);
	const ports: number[] = [];
	while (ports.length < 2 * size) {
		const port = await freePort();
		if (!ports.includes(port)) ports.push(port);
	}
	const members = ports.slice(size).map((port) => `${host}:${port}`);
	const start = (name: string, index: number, ...args: string[]) =>
		startNode(parts, folder, name, ports[index] ?? 0, ports[size + index] ?? 0, args);
	// Once alone, for a data folder that has a position in the cluster's history.
	await copyData(parts.template, folder.file('first'));
	const first = await start('first', 0, '--wsrep-new-cluster', '--wsrep-cluster-address=gcomm://');
	await first.run(
		`CREATE USER '${account.user}'@'%' IDENTIFIED BY '${account.password}'`,
		`GRANT ALL ON *.* TO '${account.user}'@'%' WITH GRANT OPTION`,
	);
	await first.shutDown();
	const nodes: GaleraNode[] = [];
	for (const index of members.keys()) {
		const name = `node${index + 1}`;
		await cp(folder.file('first'), folder.file(name), { recursive: true });
		const cluster = `--wsrep-cluster-address=gcomm://${members.join(',')}`;
		nodes.push(await start(name, index, cluster, ...(index === 0 ? ['--wsrep-new-cluster'] : [])));
	}
	await waitFor(
		async () =>
			(await nodes[0]?.run("SHOW STATUS LIKE 'wsrep_cluster_size'"))?.[0]?.Value === `${size}`,
		{ timeout: joinTimeout, what: `a cluster of ${size} nodes` },
	);
	return nodes;
}

/** Starts a server on a data folder, and waits until it is a member. */
async function startNode(
	{ program, library }: GaleraParts,
	folder: GuardedFolder,
	name: string,
	port: number,
	clusterPort: number,
	args: readonly string[],
): Promise<GaleraNode & { shutDown: () => Promise<void> }> {
	const socket = folder.file(`${name}.s`);
	// A server clears the temporary tables of another that shares its folder.
	const temporary = folder.file(`${name}-tmp`);
	await mkdir(temporary, { recursive: true });
	const child = folder.start({
		name,
		log: `${name}.log`,
		env: { ...process.env, PATH: `${folder.path}${delimiter}${process.env.PATH}` },
		command: [
			...program.command,
			...leadingOptions(program),
			`--datadir=${folder.file(name)}`,
			`--tmpdir=${temporary}`,
			`--pid-file=${folder.file(`${name}-id`)}`,
			`--socket=${socket}`,
			`--bind-address=${host}`,
			`--port=${port}`,
			...footprintOptions(program),
			...relaxedOptions(program),
			'--wsrep-on=ON',
			`--wsrep-provider=${library}`,
			'--wsrep-sst-method=same_data',
			`--wsrep-node-address=${host}:${clusterPort}`,
			`--wsrep-node-name=${name}`,
			`--wsrep-provider-options=${[
				`base_port=${clusterPort}`,
				`gmcast.listen_addr=tcp://${host}:${clusterPort}`,
				// Any free port.
				`ist.recv_addr=${host}:${await freePort()}`,
				'gcache.size=32M',
			].join(';')}`,
			'--binlog-format=ROW',
			'--innodb-autoinc-lock-mode=2',
			...args,
		],
	});
	const run = async (...statements: string[]): Promise<RowDataPacket[]> => {
		const connection = await createConnection({ socketPath: socket, user: 'root' });
		connection.on('error', () => undefined);
		try {
			let rows: RowDataPacket[] = [];
			for (const statement of statements) {
				[rows] = await connection.query<RowDataPacket[]>(statement);
			}
			return rows;
		} finally {
			connection.destroy();
		}
	};
	const state = (variable: string, value: string) =>
		waitFor(
			async () => {
				if (child.exitCode !== null) throw new Error(`it ended: ${folder.tail(`${name}.log`)}`);
				const rows = await run(`SHOW STATUS LIKE '${variable}'`).catch(() => []);
				return rows[0]?.Value === value;
			},
			{ timeout: joinTimeout, what: `${name} to have ${variable}=${value}` },
		);
	await state('wsrep_local_state_comment', 'Synced');
	return {
		...{ product: 'mariadb', host, port, socket, ...account },
		run,
		isolate: async (isolated) => {
			await run(`SET GLOBAL wsrep_provider_options = 'gmcast.isolate=${isolated ? 1 : 0}'`);
			await state('wsrep_ready', isolated ? 'OFF' : 'ON');
		},
		shutDown: async () => {
			await run('SHUTDOWN').catch(() => undefined);
			await waitFor(() => child.exitCode !== null, {
				timeout: joinTimeout,
				what: `${name} to end`,
			});
		},
	};
}

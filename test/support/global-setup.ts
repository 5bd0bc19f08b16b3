/** One server of each product for the whole run, and one temporary folder for all that it makes. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { dataTemplate } from '../../source/demo/servers/data.ts';
import { findServer } from '../../source/demo/servers/find.ts';
import { type Product, productNames, products } from '../../source/demo/servers/product.ts';
import { type Server, startServer } from '../../source/demo/servers/server.ts';
import { asSyncError } from '../../source/errors.ts';
import { obtainGalera } from './fetch-galera.ts';
import type { GaleraParts } from './galera.ts';
import { obtainServer } from './obtain.ts';
import type { Servers, SharedServer } from './servers.ts';
import { waitFor } from './wait.ts';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	const required = requiredServers();
	const running: Server[] = [];
	const entries = await Promise.all(
		products.map(async (product) => {
			try {
				return [product, await share(product, running)] as const;
			} catch (error) {
				return [product, { missing: asSyncError(error).describe() }] as const;
			}
		}),
	);
	const galera = await galeraParts();
	const stop = () => Promise.all(running.map((server) => server.stop()));
	const missing = [...entries, ['galera', galera] as const].flatMap(([name, server]) =>
		required.includes(name) && 'missing' in server ? [server.missing] : [],
	);
	if (missing.length > 0) {
		await stop();
		throw new Error(`REQUIRE_SERVERS asks for a server that is not here.\n${missing.join('\n')}`);
	}
	project.provide('servers', Object.fromEntries(entries) as Servers);
	project.provide('galera', galera);

	const outerFolder = process.env.TMPDIR;
	const folder = await mkdtemp(join(tmpdir(), 'sync-tests-'));
	process.env.TMPDIR = folder;
	return async () => {
		await stop();
		if (outerFolder === undefined) delete process.env.TMPDIR;
		else process.env.TMPDIR = outerFolder;
		try {
			await refuseLeftovers(folder);
		} finally {
			await rm(folder, { recursive: true, force: true });
		}
	};
}

async function share(product: Product, running: Server[]): Promise<SharedServer> {
	const program = await obtainServer(product, (line) => process.stderr.write(`${line}\n`));
	const template = await dataTemplate(program);
	const server = await startServer(program, { template });
	running.push(server);
	process.stderr.write(`Tests run on ${productNames[product]} ${server.version}.\n`);
	const { host, port, socket, user, password } = server;
	return { address: { product, host, port, socket, user, password }, program, template };
}

/**
 * What clusters are started from: the MariaDB that is installed here, whatever version the other tests
 * run on, and the library of the same suite.
 */
async function galeraParts(): Promise<GaleraParts | { missing: string }> {
	try {
		const program = await findServer('mariadb');
		if (!program?.installDb) return { missing: 'no MariaDB server is installed here' };
		return { program, template: await dataTemplate(program), library: await obtainGalera() };
	} catch (error) {
		return { missing: asSyncError(error).describe() };
	}
}

/** What REQUIRE_SERVERS names, such as `mariadb,mysql,galera`. */
function requiredServers(): string[] {
	const names = (process.env.REQUIRE_SERVERS ?? '').split(',').filter(Boolean);
	for (const name of names) {
		if (![...products, 'galera'].includes(name)) {
			const known = [...products, 'galera'].join(', ');
			throw new Error(`REQUIRE_SERVERS names ${name}; it knows ${known}`);
		}
	}
	return names;
}

/** A server or demo that a test started must have taken its folder with it. */
async function refuseLeftovers(folder: string): Promise<void> {
	const leftovers = async () =>
		(await readdir(folder)).filter((name) => name.startsWith('mysql-sync-tui-'));
	await waitFor(async () => (await leftovers()).length === 0, {
		timeout: 10_000,
		what: 'the folders of all servers that the tests started to be gone',
	});
}

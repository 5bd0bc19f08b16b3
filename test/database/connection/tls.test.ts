import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { EndConfig, TlsConfig } from '../../../source/config/types.ts';
import { Connection } from '../../../source/database/connection/connection.ts';
import { products } from '../../../source/demo/servers/product.ts';
import type { Server } from '../../../source/demo/servers/server.ts';
import { asSyncError } from '../../../source/errors.ts';
import { authority, type Certificate } from '../../support/certificates.ts';
import { startOwnServer } from '../../support/databases.ts';
import { atSuiteEnd, describeOn } from '../../support/suites.ts';

const ours = authority();
const stranger = authority('another authority');

/** Certificates that the server has in turn. */
const certificates = {
	'for localhost': ours.issue('localhost'),
	'for 127.0.0.1 and db.example.test': ours.issue('127.0.0.1', 'db.example.test'),
};

/** The requested protection, and the reason if the server is refused. */
type Case = [hosts: string, tls: Partial<TlsConfig>, refused?: 'name' | 'authority'];

const cases: Record<keyof typeof certificates, Case[]> = {
	'for localhost': [
		['localhost', {}],
		['127.0.0.1', {}, 'name'],
		['127.0.0.1', { servername: 'localhost' }],
		['127.0.0.1', { verify: false }],
		['localhost', { servername: '127.0.0.1' }, 'name'],
		['127.0.0.1 localhost', {}],
		['127.0.0.1 ::ffff:127.0.0.1', {}, 'name'],
		['localhost', { ca: stranger.ca }, 'authority'],
		['127.0.0.1', { ca: stranger.ca, verify: false }],
	],
	'for 127.0.0.1 and db.example.test': [
		['127.0.0.1', {}],
		['localhost', {}, 'name'],
		['localhost', { servername: '127.0.0.1' }],
		['localhost', { servername: 'db.example.test' }],
		['127.0.0.1', { servername: 'db.example.test' }],
		['127.0.0.1', { servername: 'cloud.example.test' }, 'name'],
		['localhost 127.0.0.1', {}],
		['127.0.0.1', { ca: stranger.ca }, 'authority'],
	],
};

describe.each(products)('a certificate on %s', (product) => {
	describeOn([product], 'is checked against what was asked for', () => {
		const atEnd = atSuiteEnd();
		let server: Server;
		let install: (certificate: Certificate) => Promise<void>;

		beforeAll(async () => {
			const folder = await mkdtemp(join(tmpdir(), 'certificates-'));
			const file = (name: string) => join(folder, `${name}.pem`);
			const write = async ({ cert, key }: Certificate) => {
				await writeFile(file('cert'), cert);
				await writeFile(file('key'), key);
			};
			await write(certificates['for localhost']);
			await writeFile(file('ca'), ours.ca);
			const args = ['ca', 'cert', 'key'].map((part) => `--ssl-${part}=${file(part)}`);
			server = await startOwnServer(product, { args, atEnd });
			install = async (certificate) => {
				await write(certificate);
				const root = await Connection.open(endAt(server, ['127.0.0.1'], undefined));
				await root.run(product === 'mysql' ? 'ALTER INSTANCE RELOAD TLS' : 'FLUSH SSL');
				await root.close();
			};
		});

		describe.each(Object.entries(cases))('%s', (name, tried) => {
			beforeAll(() => install(certificates[name as keyof typeof certificates]));

			const asked = (hosts: string, tls: Partial<TlsConfig>) =>
				endAt(server, hosts.split(' '), { ca: ours.ca, verify: true, ...tls });

			it.each(tried.filter(([, , refused]) => !refused))(
				'%s is accepted with %j',
				async (hosts, tls) => {
					const connection = await Connection.open(asked(hosts, tls));
					onTestFinished(() => connection.close());
					expect(connection.security).toBe(tls.verify === false ? 'unverified' : 'verified');
					const [status] = await connection.arrays("SHOW SESSION STATUS LIKE 'Ssl_version'");
					expect(status?.[1]).toMatch(/^TLSv1/);
				},
			);

			it.each(tried.filter(([, , refused]) => refused))(
				'%s is refused with %j for its %s',
				async (hosts, tls, refused) => {
					const opening = Connection.open(asked(hosts, tls));
					const error = asSyncError(await opening.catch((thrown: unknown) => thrown));
					expect(error).toMatchObject({ code: 'unreachable' });
					expect(error.message).toMatch(/TLS failed: /);
					expect(error.message.includes("does not match certificate's")).toBe(refused === 'name');
					expect(error.hint).toContain(refused === 'name' ? '`servername`' : '`ca`');
				},
			);
		});
	});
});

function endAt(server: Server, hosts: string[], tls: TlsConfig | undefined): EndConfig {
	const { port, user, password } = server;
	const endpoints = hosts.map((host) => ({ host, port }));
	const end: EndConfig = {
		side: 'cloud',
		nodeId: 'cloud',
		endpoints,
		user,
		password,
		database: 'mysql',
	};
	return tls === undefined ? end : { ...end, tls };
}

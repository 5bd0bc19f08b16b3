import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '../../source/demo/servers/server.ts';
import { authority } from '../support/certificates.ts';
import { type Database, freshDatabase, startOwnServer } from '../support/databases.ts';
import { elsewhere, hasElsewhere, runElsewhere, startElsewhere } from '../support/elsewhere.ts';
import { sharedServer } from '../support/servers.ts';
import { atSuiteEnd, describeOn } from '../support/suites.ts';
import { waitFor } from '../support/wait.ts';

const mysqlPort = 3306;
const mariadbPort = 3307;
const unverified = 'TLS, server identity not verified';

describe.skipIf(!hasElsewhere())('a server on another machine', () => {
	describeOn(['mariadb', 'mysql'], 'is reported', () => {
		const atEnd = atSuiteEnd();
		const ours = authority();
		let local: Database;
		let secure: Server;
		let plain: Server;
		let sockets: Record<number, string>;
		let caFile: string;

		beforeAll(async () => {
			const folder = await mkdtemp(join(tmpdir(), 'certificates-'));
			const file = (name: string) => join(folder, `${name}.pem`);
			const { cert, key } = ours.issue('db.example.test');
			caFile = file('ca');
			await writeFile(caFile, ours.ca);
			await writeFile(file('cert'), cert);
			await writeFile(file('key'), key);
			const args = ['ca', 'cert', 'key'].map((part) => `--ssl-${part}=${file(part)}`);
			[secure, plain] = await Promise.all([
				// Its user has no SUPER, and makes triggers.
				startOwnServer('mysql', {
					args: [...args, '--log-bin-trust-function-creators=1'],
					atEnd,
				}),
				startOwnServer('mariadb', { args: ['--skip-ssl'], atEnd }),
			]);
			sockets = { [mysqlPort]: secure.socket, [mariadbPort]: plain.socket };
			local = await freshDatabase('mariadb', { atEnd });
			for (const server of [secure, plain]) {
				const { connect } = await freshDatabase(server, { name: 'shop', atEnd });
				const root = await connect();
				await root.query('CREATE TABLE item (id INT PRIMARY KEY)');
			}
			const application = await local.connect();
			await application.query('CREATE TABLE item (id INT PRIMARY KEY)');
			// Nobody gets in with it but through TLS.
			const root = await createConnection({
				socketPath: secure.socket,
				user: 'root',
				password: secure.password,
			});
			await root.query("CREATE USER sync@localhost IDENTIFIED BY 'secret' REQUIRE SSL");
			await root.query('GRANT ALL ON shop.* TO sync@localhost');
			root.destroy();
		});

		function configOf(cloud: object): object {
			const { user, password, database } = local.end;
			const here = { socket: sharedServer('mariadb').address.socket, user, password, database };
			return {
				node_id: 'site',
				interval: '200ms',
				sync_pairs: [{ name: 'shop', local: here, cloud, tables: 'all' }],
			};
		}

		function atMysql(ssl: object): object {
			const account = { user: 'sync', password: 'secret', database: 'shop' };
			return configOf({ host: elsewhere, port: mysqlPort, ...account, ...ssl });
		}

		it('to be reached through TLS without a check where nothing is said of TLS', async () => {
			const config = atMysql({});
			const status = await runElsewhere(['status'], config, sockets);
			expect(status).toMatchObject({ code: 0, stderr: '' });
			expect(status.stdout).toMatch(
				new RegExp(`  cloud  cloud, MySQL [\\d.]+, [\\d.]+ ms, ${unverified}\\n`),
			);
			expect(status.stdout).toMatch(/ {2}local {2}site, MariaDB [\d.]+, [\d.]+ ms\n/);
			const check = await runElsewhere(['config', 'check'], config, sockets);
			expect(check.stdout).toContain('TLS if the server offers it, server identity not verified)');
			expect(check.stderr).toContain(
				`pair shop, cloud: the identity of ${elsewhere} is not verified`,
			);
			const json = await runElsewhere(['status', '--json'], config, sockets);
			expect(Object.keys(JSON.parse(json.stdout).pairs[0].cloud)).toEqual([
				...['node_id', 'reachable', 'server', 'latency_ms', 'error'],
			]);
		});

		it('in the log of run, once', async () => {
			const { program, stop } = await startElsewhere(['run'], atMysql({}), sockets);
			const application = await local.connect();
			for (const id of [1, 2]) {
				await program.waitForOutput(/cloud: triggers installed/, { stream: 'stderr' });
				const said = program.stderr.length;
				await application.query(`INSERT INTO item VALUES (${id})`);
				await waitFor(() => program.stderr.slice(said).includes('applied 1 change'), {
					what: 'a run of the engine',
				});
			}
			expect((await stop()).code).toBe(0);
			expect(program.stderr).toMatch(
				/Z warning shop: cloud: TLS, server identity not verified; set `ssl` for this end\n/,
			);
			expect(program.stderr.split(unverified)).toHaveLength(2);
		});

		it('to be reached through TLS if its identity is verified', async () => {
			const named = atMysql({ ssl: { ca: caFile, servername: 'db.example.test' } });
			const status = await runElsewhere(['status'], named, sockets);
			expect(status).toMatchObject({ code: 0, stderr: '' });
			expect(status.stdout).toMatch(/ {2}cloud {2}cloud, MySQL [\d.]+, [\d.]+ ms, TLS\n/);
			const check = await runElsewhere(['config', 'check'], named, sockets);
			expect(check).toMatchObject({ code: 0, stderr: '' });
			expect(check.stdout).toContain('(node id cloud, TLS, servername db.example.test)');
			const byAddress = await runElsewhere(['status'], atMysql({ ssl: { ca: caFile } }), sockets);
			expect(byAddress.code).toBe(3);
			expect(byAddress.stderr).toContain(`IP: ${elsewhere} is not in the cert's list`);
		});

		it('to be reached unencrypted if it has no TLS, or on request', async () => {
			const { user, password } = plain;
			const cloud = {
				...{ host: elsewhere, port: mariadbPort, user, password },
				...{ database: 'shop', node_id: 'plain' },
			};
			const config = configOf(cloud);
			const status = await runElsewhere(['status'], config, sockets);
			expect(status).toMatchObject({ code: 0, stderr: '' });
			expect(status.stdout).toMatch(
				/ {2}cloud {2}plain, MariaDB [\d.]+, [\d.]+ ms, not encrypted\n/,
			);
			const refused = await runElsewhere(['status'], atMysql({ ssl: false }), sockets);
			expect(refused.code).toBe(3);
			const check = await runElsewhere(
				['config', 'check'],
				configOf({ ...cloud, ssl: false }),
				sockets,
			);
			expect(check.stdout).toContain('(node id plain, not encrypted)');
			const asked = await runElsewhere(['status'], configOf({ ...cloud, ssl: true }), sockets);
			expect(asked.code).toBe(3);
			expect(asked.stderr).toContain('cloud: the server offers no TLS, but `ssl` requires it');
		});
	});
});

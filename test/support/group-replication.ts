import { createConnection } from 'mysql2/promise';
import { freePort } from '../../source/demo/servers/port.ts';
import type { Server } from '../../source/demo/servers/server.ts';
import { startOwnServer } from './databases.ts';

/** Starts a MySQL server that is the only member of a replication group; stopped at the end of the test. */
export async function startGroupMember(): Promise<Server> {
	const address = `127.0.0.1:${await freePort()}`;
	const server = await startOwnServer('mysql', {
		args: [
			'--performance-schema=ON',
			'--server-id=1',
			'--gtid-mode=ON',
			'--enforce-gtid-consistency=ON',
			'--log-bin-trust-function-creators=1',
			'--plugin-load-add=group_replication.so',
			'--loose-group-replication-start-on-boot=OFF',
			'--loose-group-replication-group-name=aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa',
			`--loose-group-replication-local-address=${address}`,
			`--loose-group-replication-group-seeds=${address}`,
			'--loose-group-replication-bootstrap-group=ON',
		],
	});
	const { host, port, user, password } = server;
	const root = await createConnection({ host, port, user, password });
	await root.query('START GROUP_REPLICATION');
	await root.end();
	return server;
}

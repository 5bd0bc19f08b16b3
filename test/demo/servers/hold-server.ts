/** Starts a server, says where, answers SIGINT with what a query gives, and waits to be killed. */
import { createConnection } from 'mysql2/promise';
import { findServer } from '../../../source/demo/servers/find.ts';
import type { Product } from '../../../source/demo/servers/product.ts';
import { startServer } from '../../../source/demo/servers/server.ts';

const program = await findServer(process.argv[2] as Product);
if (!program) throw new Error('there is no such server');
const server = await startServer(program);
const { pid, host, port, user, password, folder } = server;
process.on('SIGINT', async () => {
	const connection = await createConnection({ host, port, user, password });
	await connection.query('SELECT 1');
	await connection.end();
	process.stdout.write('it answers\n');
});
process.stdout.write(`${JSON.stringify({ pid, folder })}\n`);
setInterval(() => undefined, 60_000);

import type { LogConnection } from '../../source/changelog/session/log-connection.ts';
import { NodeLists } from '../../source/changelog/session/node-lists.ts';
import type { SqlText } from '../../source/database/sql/sql.ts';

/** The same connection, on which something happens before each statement that returns rows: after the answer to the one before. */
export function interposed(
	connection: LogConnection,
	before: (sql: string) => Promise<void>,
): LogConnection {
	let latest: Promise<unknown> = Promise.resolve();
	const rows = (sql: SqlText) => {
		const answer = latest.then(async () => {
			await before(String(sql));
			return connection.rows(sql);
		});
		latest = answer.catch(() => undefined);
		return answer;
	};
	const proxy: LogConnection = new Proxy(connection, {
		get: (target, name) => {
			if (name === 'rows') return rows;
			if (name === 'nodeLists') return nodeLists;
			const value = Reflect.get(target, name, target);
			return typeof value === 'function' ? value.bind(target) : value;
		},
	});
	// The connection's own would ask on the connection itself.
	const nodeLists = new NodeLists(proxy);
	return proxy;
}

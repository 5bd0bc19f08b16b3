import type { Connection } from '../../source/database/connection/connection.ts';

/** The same connection, on which something happens before each statement that returns rows: after the answer to the one before. */
export function interposed(
	connection: Connection,
	before: (sql: string) => Promise<void>,
): Connection {
	let latest: Promise<unknown> = Promise.resolve();
	const rows = (sql: string) => {
		const answer = latest.then(async () => {
			await before(sql);
			return connection.rows(sql);
		});
		latest = answer.catch(() => undefined);
		return answer;
	};
	return new Proxy(connection, {
		get: (target, name) => {
			if (name === 'rows') return rows;
			const value = Reflect.get(target, name, target);
			return typeof value === 'function' ? value.bind(target) : value;
		},
	});
}

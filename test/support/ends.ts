import { onTestFinished } from 'vitest';
import { LogConnection } from '../../source/changelog/session/log-connection.ts';
import type { EndConfig } from '../../source/config/types.ts';
import type { Database } from './databases.ts';

/** A test's database as an end of a pair, for what opens its own connection. */
export function engineEnd({ end }: Database, changes: Partial<EndConfig> = {}): EndConfig {
	const { host, port, user, password, database } = end;
	return {
		side: 'local',
		nodeId: 'here',
		endpoints: [{ host, port }],
		user,
		password,
		database,
		...changes,
	};
}

/** Opens a connection as the engine has one, closed at the end of the test. */
export async function openEnd(
	database: Database,
	changes: Partial<EndConfig> = {},
): Promise<LogConnection> {
	const connection = await LogConnection.open(engineEnd(database, changes));
	onTestFinished(() => connection.close());
	return connection;
}

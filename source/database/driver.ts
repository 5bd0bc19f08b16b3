/** How the driver is set up, closed, and asked whether its server is there at all. */

import { setTimeout as pause } from 'node:timers/promises';
import {
	type ConnectionOptions,
	createConnection,
	type Connection as DriverConnection,
} from 'mysql2/promise';
import type { EndConfig } from '../config/types.ts';
import { fromDriver } from './errors.ts';
import type { Place } from './nodes.ts';

/** Milliseconds to wait for a server to accept a connection, and again to set the session up. */
export const connectTimeout = 9_000;

/** Milliseconds after which a server that was asked for nothing counts as frozen. */
export const pingTimeout = 5_000;

/** Milliseconds that a server has to close a connection. */
const closeTimeout = 1_000;

/** Closes a connection after the statement in hand, or cuts it. Never throws. */
export async function closeDriver(driver: DriverConnection): Promise<void> {
	// A frozen server would keep us waiting for the end of the connection.
	const patience = pause(closeTimeout, undefined, { ref: false });
	await Promise.race([driver.end().catch(() => {}), patience]);
	driver.destroy();
}

/** Whether a server lets a new connection in, or says why not. */
export async function isThere(options: ConnectionOptions): Promise<boolean> {
	try {
		const driver = await createConnection({ ...options, connectTimeout: pingTimeout });
		driver.on('error', () => {});
		await closeDriver(driver);
		return true;
	} catch (error) {
		// What has a number was said by the server itself.
		return fromDriver(error).errno !== undefined;
	}
}

/** The options of a connection whose values come as the bytes that the server sends. */
export function driverOptions(end: EndConfig, place: Place): ConnectionOptions {
	const tls = end.tls;
	return {
		...place,
		user: end.user,
		password: end.password,
		database: end.database,
		charset: 'utf8mb4',
		connectTimeout,
		enableKeepAlive: true,
		// Its own reading changes values: see decode.ts.
		typeCast: false,
		// Where a statement was called from concerns nobody, and is taken down before each.
		trace: false,
		// For `together`: every value stands in a statement as a literal of our own making.
		multipleStatements: true,
		...(tls && {
			ssl: {
				...(tls.ca !== undefined && { ca: tls.ca }),
				...(tls.cert !== undefined && { cert: tls.cert }),
				...(tls.key !== undefined && { key: tls.key }),
				rejectUnauthorized: tls.verify,
				verifyIdentity: tls.verify,
			},
		}),
	};
}

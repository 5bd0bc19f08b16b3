/** Opens and closes driver connections, and checks that a server is reachable. */

import { setTimeout as pause } from 'node:timers/promises';
import {
	type ConnectionOptions,
	createConnection,
	type Connection as DriverConnection,
} from 'mysql2/promise';
import type { EndConfig } from '../../config/types.ts';
import type { SyncError } from '../../errors.ts';
import { fromDriver } from './errors.ts';
import { type Line, type LineSecurity, openLine } from './line.ts';
import type { NodePlace } from './nodes.ts';
import { isWithheld, scrambleOnly } from './password.ts';

/** Milliseconds for a server to accept a connection, and again to set up the session. */
export const connectTimeout = 9_000;

/** Milliseconds after which a server that does not answer a ping counts as frozen. */
export const pingTimeout = 5_000;

/** Milliseconds for a server to close a connection. */
const closeTimeout = 1_000;

/** Closes a connection after the running statement, or cuts it. Never throws. */
export async function closeDriver(driver: DriverConnection): Promise<void> {
	// A frozen server never confirms the close.
	const patience = pause(closeTimeout, undefined, { ref: false });
	await Promise.race([driver.end().catch(() => {}), patience]);
	driver.destroy();
}

/** A logged-in driver connection and its line security. */
interface OpenDriver {
	driver: DriverConnection;
	security: LineSecurity;
}

/**
 * Connects to a server and logs in.
 * @param timeout milliseconds for all of it
 * @param isOwnMachine true for a peer's address on this machine
 * @throws the error of the network or the server; SyncError `unreachable` if the password is withheld
 */
export async function openDriver(
	end: EndConfig,
	place: NodePlace,
	timeout: number = connectTimeout,
	isOwnMachine?: (address: string) => boolean,
): Promise<OpenDriver> {
	const began = Date.now();
	const line = await openLine(end, place, timeout, isOwnMachine);
	let withheld: SyncError | undefined;
	// The driver does not pass on errors thrown by a plugin.
	const plugins = scrambleOnly(end.password, (why) => {
		withheld = why;
	});
	try {
		const driver = await createConnection({
			...driverOptions(end, place, line),
			...(line.security === 'clear' && end.tls !== false && { authPlugins: plugins }),
			connectTimeout: Math.max(1, timeout - (Date.now() - began)),
		});
		// Without a listener, a connection that breaks while idle ends the process.
		driver.on('error', () => {});
		return { driver, security: line.security };
	} catch (error) {
		line.socket.destroy();
		throw withheld ?? error;
	}
}

/** True if a server accepts a new connection, or answers with an error. */
export async function isThere(end: EndConfig, place: NodePlace): Promise<boolean> {
	try {
		const { driver } = await openDriver(end, place, pingTimeout);
		await closeDriver(driver);
		return true;
	} catch (error) {
		// An error number comes from the server itself, and a server that asks for a password has answered.
		return fromDriver(error).errno !== undefined || isWithheld(error);
	}
}

/** The driver's options; values are returned as the bytes that the server sends. */
function driverOptions(end: EndConfig, place: NodePlace, line: Line): ConnectionOptions {
	const { socket, beginsTls, name } = line;
	const tls = end.tls || { verify: false };
	// For an address the driver passes no name to Node, which then checks the certificate against this property
	// of the socket, or else against "localhost".
	Object.assign(socket, { _host: name });
	return {
		...place,
		host: name,
		stream: () => socket,
		user: end.user,
		password: end.password,
		database: end.database,
		charset: 'utf8mb4',
		// The driver's decoding alters values: see decode.ts.
		typeCast: false,
		// Stack traces of callers are not needed, and are costly to record for each statement.
		trace: false,
		// For `together`. Every value in a statement is a literal created by this program.
		multipleStatements: true,
		...(beginsTls && {
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

/** How the driver is connected, closed, and its server asked whether it is there at all. */

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

/** A driver that is logged in, and how its line is protected. */
interface OpenDriver {
	driver: DriverConnection;
	security: LineSecurity;
}

/**
 * Connects to a server and logs in.
 * @param timeout milliseconds that it may take
 * @param isOwnMachine whether a peer's address is on this machine
 * @throws what the network or the server says; SyncError `unreachable` where the password is withheld
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
	// The driver takes no error of ours for its own.
	const plugins = scrambleOnly(end.password, (why) => {
		withheld = why;
	});
	try {
		const driver = await createConnection({
			...driverOptions(end, place, line),
			...(line.security === 'clear' && end.tls !== false && { authPlugins: plugins }),
			connectTimeout: Math.max(1, timeout - (Date.now() - began)),
		});
		// Without a listener a connection that breaks while idle ends the process.
		driver.on('error', () => {});
		return { driver, security: line.security };
	} catch (error) {
		line.socket.destroy();
		throw withheld ?? error;
	}
}

/** Whether a server lets a new connection in, or says why not. */
export async function isThere(end: EndConfig, place: NodePlace): Promise<boolean> {
	try {
		const { driver } = await openDriver(end, place, pingTimeout);
		await closeDriver(driver);
		return true;
	} catch (error) {
		// What has a number was said by the server itself, and one that asks for a password has answered.
		return fromDriver(error).errno !== undefined || isWithheld(error);
	}
}

/** The options of a connection whose values come as the bytes that the server sends. */
function driverOptions(end: EndConfig, place: NodePlace, line: Line): ConnectionOptions {
	const { socket, beginsTls, name } = line;
	const tls = end.tls || { verify: false };
	// Where the name is an address the driver names none to Node, which then checks the certificate
	// against this property of the socket, or against "localhost".
	Object.assign(socket, { _host: name });
	return {
		...place,
		host: name,
		stream: () => socket,
		user: end.user,
		password: end.password,
		database: end.database,
		charset: 'utf8mb4',
		// Its own reading changes values: see decode.ts.
		typeCast: false,
		// Where a statement was called from concerns nobody, and is taken down before each.
		trace: false,
		// For `together`: every value stands in a statement as a literal of our own making.
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

import { createHash } from 'node:crypto';
import type { AuthPlugin } from 'mysql2/promise';
import { SyncError } from '../../errors.ts';

/** The server's reply if the scramble is sufficient. */
const scrambleSuffices = 3;

const withheldMessage =
	'the password was not sent: the server asked for it encrypted with a key that came over an unencrypted connection, where anyone in between could have replaced it';

/** True if a login failed because the password was withheld: the server was reachable and has answered. */
export function isWithheld(error: unknown): boolean {
	return error instanceof SyncError && error.message === withheldMessage;
}

/**
 * Authentication over an unprotected connection. The driver would ask the server for a key and send the
 * password encrypted with it, but an attacker in between could substitute his own key. The password is
 * therefore sent as a scramble or not at all.
 * @param withhold called with the reason if the server requires more
 */
export function scrambleOnly(
	password: string,
	withhold: (why: SyncError) => void,
): Record<string, AuthPlugin> {
	const refuse = (): never => {
		withhold(
			new SyncError('unreachable', withheldMessage, {
				hint: 'Set up TLS on the server, and `ssl` for this side. With "ssl": false the password is sent anyway, and can be intercepted.',
			}),
		);
		throw new Error('the password was not sent');
	};
	return {
		caching_sha2_password: () => {
			let isSent = false;
			return (data) => {
				if (isSent) return data[0] === scrambleSuffices ? null : refuse();
				isSent = true;
				return scramble(password, data.subarray(0, 20));
			};
		},
		sha256_password: () => () => (password === '' ? Buffer.alloc(1) : refuse()),
	};
}

/** SHA256(password) XOR SHA256(SHA256(SHA256(password)) + salt); empty without a password. */
function scramble(password: string, salt: Buffer): Buffer {
	if (password === '') return Buffer.alloc(0);
	const once = sha256(Buffer.from(password));
	const mask = sha256(Buffer.concat([sha256(once), salt]));
	return Buffer.from(once.map((byte, index) => byte ^ (mask[index] ?? 0)));
}

function sha256(data: Buffer): Buffer {
	return createHash('sha256').update(data).digest();
}

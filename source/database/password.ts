import { createHash } from 'node:crypto';
import type { AuthPlugin } from 'mysql2/promise';
import { SyncError } from '../errors.ts';

/** What a server says where it needs no more than the scramble. */
const scrambleSuffices = 3;

/**
 * Log-in over a line that others may read and change. The driver would ask the server for a key and send
 * the password under it; whoever is in between would send a key of his own. So the password goes as a
 * scramble or not at all.
 * @param withhold told why, when the server wants more
 */
export function scrambleOnly(
	password: string,
	withhold: (why: SyncError) => void,
): Record<string, AuthPlugin> {
	const refuse = (): never => {
		withhold(
			new SyncError(
				'unreachable',
				'the server wants the password under a key that anybody on the way could have sent: it is withheld',
				{
					hint: 'Set TLS up on the server and `ssl` of this end. "ssl": false sends the password all the same.',
				},
			),
		);
		throw new Error('the password is withheld');
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

/** SHA256(password) XOR SHA256(SHA256(SHA256(password)) + salt); nothing for no password. */
function scramble(password: string, salt: Buffer): Buffer {
	if (password === '') return Buffer.alloc(0);
	const once = sha256(Buffer.from(password));
	const mask = sha256(Buffer.concat([sha256(once), salt]));
	return Buffer.from(once.map((byte, index) => byte ^ (mask[index] ?? 0)));
}

function sha256(data: Buffer): Buffer {
	return createHash('sha256').update(data).digest();
}

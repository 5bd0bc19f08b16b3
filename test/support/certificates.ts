/** Certificates for tests, written as DER by hand: a machine that runs the tests may have no openssl. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

/** A certificate with its key, both as PEM. */
export interface Certificate {
	cert: string;
	key: string;
}

export interface Authority {
	/** Its own certificate, as PEM. */
	ca: string;
	/** Issues a certificate for these host names and IPv4 addresses. */
	issue: (...names: string[]) => Certificate;
}

const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const commonName = oid(0x55, 0x04, 0x03);
const subjectAltName = oid(0x55, 0x1d, 0x11);
const basicConstraints = oid(0x55, 0x1d, 0x13);
const aYear = 365 * 86_400_000;

/** An authority of a test's own. */
export function authority(name = 'an authority of the tests'): Authority {
	const keys = keyPair();
	const isAuthority = extension(basicConstraints, sequence(der(0x01, Buffer.from([0xff]))), true);
	const ca = certificate(name, keys.publicKey, [isAuthority], name, keys.privateKey);
	return {
		ca,
		issue: (...names) => {
			const { publicKey, privateKey } = keyPair();
			const all = names.map((each) =>
				isIP(each)
					? der(0x87, Buffer.from(each.split('.').map(Number)))
					: der(0x82, Buffer.from(each)),
			);
			const extensions = [extension(subjectAltName, sequence(...all))];
			return {
				cert: certificate('a server of the tests', publicKey, extensions, name, keys.privateKey),
				key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
			};
		},
	};
}

function keyPair() {
	return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function certificate(
	subject: string,
	publicKey: KeyObject,
	extensions: readonly Buffer[],
	issuer: string,
	issuerKey: KeyObject,
): string {
	const now = Date.now();
	const toBeSigned = sequence(
		der(0xa0, der(0x02, Buffer.from([2]))),
		der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
		ecdsaWithSha256,
		distinguishedName(issuer),
		sequence(time(now - aYear), time(now + aYear)),
		distinguishedName(subject),
		publicKey.export({ type: 'spki', format: 'der' }),
		der(0xa3, sequence(...extensions)),
	);
	const signature = der(0x03, Buffer.from([0]), sign('sha256', toBeSigned, issuerKey));
	const base64 = sequence(toBeSigned, ecdsaWithSha256, signature).toString('base64');
	const lines = base64.match(/.{1,64}/g) ?? [];
	return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function extension(id: Buffer, value: Buffer, isCritical = false): Buffer {
	const critical = isCritical ? [der(0x01, Buffer.from([0xff]))] : [];
	return sequence(id, ...critical, der(0x04, value));
}

function distinguishedName(name: string): Buffer {
	return sequence(der(0x31, sequence(commonName, der(0x0c, Buffer.from(name)))));
}

function time(milliseconds: number): Buffer {
	const digits = new Date(milliseconds).toISOString().replaceAll(/[-:T]|\..*/g, '');
	return der(0x17, Buffer.from(`${digits.slice(2)}Z`));
}

function oid(...bytes: number[]): Buffer {
	return der(0x06, Buffer.from(bytes));
}

function sequence(...parts: Buffer[]): Buffer {
	return der(0x30, ...parts);
}

function der(tag: number, ...parts: Buffer[]): Buffer {
	const body = Buffer.concat(parts);
	const { length } = body;
	const size =
		length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
	return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

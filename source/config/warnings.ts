import { stat } from 'node:fs/promises';
import { isLoopbackHost } from './loopback.ts';
import { parseConfig, readText } from './read.ts';
import { type Config, type EndConfig, sides } from './types.ts';

const othersMayRead = 0o004;

/**
 * Warnings about a valid configuration, as sentences with the fix.
 * @throws SyncError `config` like loadConfig
 */
export async function configWarnings({ path, pairs }: Config): Promise<string[]> {
	const enabled = pairs.filter((pair) => pair.enabled);
	return [
		...(await exposedPassword(path)),
		...enabled.flatMap((pair) =>
			sides.flatMap((side) =>
				unverifiedLine(pair[side]).map((words) => `pair ${pair.name}, ${side}: ${words}`),
			),
		),
	];
}

function unverifiedLine({ tls, endpoints }: EndConfig): string[] {
	const away = endpoints.filter(({ host }) => !isLoopbackHost(host)).map(({ host }) => host);
	const isVerified = tls ? tls.verify : false;
	if (away.length === 0 || isVerified) return [];
	const hosts = away.join(' and ');
	if (tls === false) {
		return [
			`the connection to ${hosts} is not encrypted: others may read and change what is sent over it. Set "ssl": true, or {"ca": "FILE"}.`,
		];
	}
	const how = tls ? '' : ', and nothing is encrypted if the server offers no TLS';
	return [
		`the identity of ${hosts} is not verified${how}. Set "ssl": true, or {"ca": "FILE"} with the certificate of the authority that signed the server's.`,
	];
}

async function exposedPassword(path: string): Promise<string[]> {
	const { file } = parseConfig(await readText(path), path);
	const ends = (file.sync_pairs ?? []).flatMap(({ local, cloud }) => [local, cloud]);
	const holdsPassword = ends.some(
		({ password }) => typeof password === 'string' && password !== '',
	);
	// Windows has no such permission bits; Node invents them there.
	const exposed = process.platform !== 'win32' && ((await stat(path)).mode & othersMayRead) !== 0;
	if (!holdsPassword || !exposed) return [];
	return [
		`${path} contains a password that every user of this machine can read: chmod 600 ${path}, ` +
			'or write {"env": "NAME"} or {"file": "PATH"} instead of the password.',
	];
}

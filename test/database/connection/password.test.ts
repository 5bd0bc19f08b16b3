import { createConnection } from 'mysql2/promise';
import { describe, expect, it } from 'vitest';
import type { EndConfig, TlsConfig } from '../../../source/config/types.ts';
import { openDriver } from '../../../source/database/connection/driver.ts';
import { fromDriver } from '../../../source/database/connection/errors.ts';
import type { SyncError } from '../../../source/errors.ts';
import { authority } from '../../support/certificates.ts';
import { startOwnServer } from '../../support/databases.ts';
import {
	hisKey,
	packetOf,
	type RogueOptions,
	type RogueServer,
	type Script,
	startRogueServer,
	switchTo,
	wantsMore,
} from '../../support/rogue-server.ts';
import { describeOn } from '../../support/suites.ts';

const password = 'correct horse battery staple';
const accepted = Buffer.from([0, 0, 0, 2, 0, 0, 0]);

/** Answers what a client says first, next and so on. */
function inTurn(...answers: (Buffer | Buffer[])[]): Script {
	return (heard) => [answers[heard] ?? []].flat();
}

/** Every way in which a server can ask for more than a scramble, or for another one. */
const demands: [what: string, options: RogueOptions][] = [
	[
		'caching_sha2_password, not content with the scramble',
		{ script: inTurn(switchTo('caching_sha2_password'), wantsMore, hisKey, accepted) },
	],
	['caching_sha2_password, at once', { script: inTurn(wantsMore, hisKey, accepted) }],
	[
		'caching_sha2_password, with a key that nobody asked for',
		{ script: inTurn(switchTo('caching_sha2_password'), hisKey, accepted) },
	],
	['a key at once', { script: inTurn(hisKey, hisKey, accepted) }],
	['sha256_password', { script: inTurn(switchTo('sha256_password'), hisKey, accepted) }],
	[
		'sha256_password from the start',
		{ plugin: 'sha256_password', script: inTurn(switchTo('sha256_password'), hisKey, accepted) },
	],
	[
		'native first, then sha256_password',
		{
			plugin: 'mysql_native_password',
			script: inTurn(
				switchTo('mysql_native_password'),
				switchTo('sha256_password'),
				hisKey,
				accepted,
			),
		},
	],
	['mysql_clear_password', { script: inTurn(switchTo('mysql_clear_password'), accepted) }],
	[
		'mysql_clear_password from the start',
		{ plugin: 'mysql_clear_password', script: inTurn(switchTo('mysql_clear_password'), accepted) },
	],
	['dialog', { script: inTurn(switchTo('dialog'), accepted) }],
	['mysql_old_password', { script: inTurn(switchTo('mysql_old_password'), accepted) }],
	['the password of before 4.1', { script: inTurn(Buffer.from([0xfe]), accepted) }],
	[
		'a second factor',
		{
			script: inTurn(
				Buffer.concat([Buffer.from([2]), switchTo('mysql_clear_password').subarray(1)]),
				accepted,
			),
		},
	],
];

describe('whoever is in between on a line without TLS', () => {
	it.each(demands)('does not get the password by asking for %s', async (_what, options) => {
		const rogue = await startRogueServer(options);
		const error = await refusal(rogue);
		expect(error.code).toBe('unreachable');
		expect(rogue.received.length).toBeGreaterThan(0);
		expect(rogue.has(password)).toBe(false);
	});

	it('is reported with the next step', async () => {
		const rogue = await startRogueServer(demands[0]?.[1] ?? {});
		expect(await refusal(rogue)).toMatchObject({
			message: expect.stringContaining('the password was not sent'),
			hint: expect.stringContaining('"ssl": false'),
		});
		const plain = await startRogueServer({ script: inTurn(switchTo('mysql_clear_password')) });
		expect((await refusal(plain)).message).toContain('plain text (mysql_clear_password)');
		const other = await startRogueServer({ script: inTurn(switchTo('dialog')) });
		expect((await refusal(other)).message).toContain('the plugin dialog, which');
	});

	it('gets it under his own key where the configuration says "ssl": false, and from this machine', async () => {
		const script = inTurn(switchTo('caching_sha2_password'), wantsMore, hisKey, accepted);
		const careless = await startRogueServer({ script });
		const line = await open(careless, false, false);
		expect(line.security).toBe('clear');
		line.driver.destroy();
		expect(careless.has(password)).toBe(true);
		const near = await startRogueServer({ script });
		const own = await open(near, undefined, true);
		expect(own.security).toBe('own machine');
		own.driver.destroy();
		expect(near.has(password)).toBe(true);
	});

	it('hears of no password where there is none', async () => {
		const script = inTurn(switchTo('sha256_password'), accepted);
		const rogue = await startRogueServer({ script });
		const { driver, security } = await open(rogue, undefined, false, '');
		driver.destroy();
		expect(security).toBe('clear');
	});

	it.each(['caching_sha2_password', 'mysql_native_password'])(
		'lets in who needs no more than a scramble: %s',
		async (plugin) => {
			const content = plugin === 'caching_sha2_password' ? [Buffer.from([1, 3])] : [];
			const script = inTurn(switchTo(plugin), [...content, accepted]);
			const rogue = await startRogueServer({ script });
			const { driver, security } = await open(rogue, undefined, false);
			driver.destroy();
			expect(security).toBe('clear');
			expect(rogue.has(password)).toBe(false);
		},
	);
});

describeOn(['mysql'], 'a MySQL server without TLS', () => {
	it('gets the scramble alone, which is enough once it has the password from elsewhere', async () => {
		const server = await startOwnServer('mysql', { args: ['--tls-version='] });
		const { host, port, socket: socketPath, user: root, password: secret } = server;
		const session = await createConnection({ socketPath, user: root, password: secret });
		await session.query(`CREATE USER sync IDENTIFIED BY '${password}'`);
		await session.query('GRANT ALL ON *.* TO sync');
		session.destroy();
		const account = { user: 'sync', password, database: 'mysql' };
		const end: EndConfig = {
			side: 'cloud',
			nodeId: 'cloud',
			endpoints: [{ host, port }],
			...account,
		};
		const logIn = () => openDriver(end, { host, port }, 5_000, () => false);
		const error = fromDriver(await logIn().catch((thrown: unknown) => thrown));
		expect(error).toMatchObject({
			code: 'unreachable',
			hint: expect.stringContaining('"ssl": false'),
		});
		expect(error.message).toContain('the password was not sent');
		(await createConnection({ socketPath, ...account })).destroy();
		const { driver, security } = await logIn();
		driver.destroy();
		expect(security).toBe('clear');
	});
});

describe('TLS', () => {
	const his = authority('his own authority');
	const certificate = his.issue('127.0.0.1', 'localhost', 'db.example.test');
	const full = inTurn(switchTo('caching_sha2_password'), wantsMore, accepted);

	it('is used wherever it is offered, although nothing is said of it, but not on this machine', async () => {
		const rogue = await startRogueServer({ certificate, script: full });
		const { driver, security } = await open(rogue, undefined, false);
		driver.destroy();
		expect(security).toBe('unverified');
		expect(rogue.serverNames).toHaveLength(1);
		const near = await startRogueServer({ certificate, script: full });
		await open(near, false, false).catch(() => {});
		await open(near, undefined, true).catch(() => {});
		expect(near.serverNames).toEqual([]);
	});

	it('names the server that is asked for, and no address', async () => {
		const rogue = await startRogueServer({ certificate, script: full });
		const tls = { ca: his.ca, verify: true };
		for (const servername of ['db.example.test', '127.0.0.1']) {
			const { driver, security } = await open(rogue, { ...tls, servername }, false);
			driver.destroy();
			expect(security).toBe('verified');
		}
		(await open(rogue, { ...tls, verify: false }, false)).driver.destroy();
		expect(rogue.serverNames).toEqual(['db.example.test', false, false]);
	});

	it.each([
		['no TLS', {}, 'the server offers no TLS'],
		['a certificate of his own', { certificate }, 'TLS failed:'],
		[
			'a word in clear behind the greeting',
			{ certificate, behindGreeting: packetOf(1, switchTo('mysql_native_password')) },
			'sent data before TLS began',
		],
	] as [string, RogueOptions, string][])(
		'that is asked for is not given up for %s',
		async (_what, options, words) => {
			const rogue = await startRogueServer({ ...options, script: full });
			const error = await refusal(rogue, { verify: true });
			expect(error.code).toBe('unreachable');
			expect(error.message).toContain(words);
			// A request for TLS at most: no name of a user, no scramble.
			expect(Buffer.concat(rogue.received).length).toBeLessThanOrEqual(36);
			expect(rogue.has(password)).toBe(false);
		},
	);
});

function endAt(
	{ port }: RogueServer,
	tls: TlsConfig | false | undefined,
	secret: string,
): EndConfig {
	const endpoints = [{ host: '127.0.0.1', port }];
	const end = {
		side: 'cloud',
		nodeId: 'cloud',
		endpoints,
		user: 'sync',
		password: secret,
		database: 'shop',
	} as const;
	return tls === undefined ? { ...end, endpoints } : { ...end, endpoints, tls };
}

/** @param isOwnMachine whether 127.0.0.1 counts as this machine, or as any other */
function open(
	rogue: RogueServer,
	tls: TlsConfig | false | undefined,
	isOwnMachine: boolean,
	secret = password,
) {
	const place = { host: '127.0.0.1', port: rogue.port };
	return openDriver(endAt(rogue, tls, secret), place, 5_000, () => isOwnMachine);
}

async function refusal(rogue: RogueServer, tls?: TlsConfig): Promise<SyncError> {
	const error = await open(rogue, tls, false).then(
		({ driver }) => {
			driver.destroy();
			throw new Error('it was let in');
		},
		(thrown: unknown) => thrown,
	);
	return fromDriver(error);
}

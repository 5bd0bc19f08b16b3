import { expect, test } from 'vitest';
import { describeConfig } from '../../source/config/describe.ts';
import { end, load, pair, site } from './files.ts';

test('a configuration is described in a few lines', async () => {
	const config = await load(
		site([
			pair({ exclude_tables: ['session', 'audit'], interval: '1h30m', local: end({ ssl: true }) }),
			pair({
				name: 'stock',
				enabled: false,
				read_only: true,
				tables: ['item', 'place'],
				local: end({ socket: '/run/db.sock', database: 'stock' }),
				cloud: end({ hosts: ['a:1', '[::1]:2'], database: 'stock', ssl: { verify: false } }),
			}),
			pair({
				name: 'till',
				local: end({ host: 'till.example', database: 'till', ssl: false }),
				cloud: end({ host: '10.0.0.9', database: 'till', ssl: { servername: 'db.example' } }),
			}),
		]),
	);
	expect(describeConfig(config)).toEqual([
		`${config.path} is valid: 3 pairs, node id site`,
		'shop: every 1h 30m, batches of 100 (up to 5000), conflicts: newest',
		'  local   shop at 127.0.0.1:3306 as sync (node id site, TLS)',
		'  cloud   shop at cloud.example:3306 as sync (node id cloud, TLS if the server offers it, server identity not verified)',
		'  tables  all except session, audit',
		'stock: not enabled, batches of 100 (up to 5000), conflicts: newest, read-only',
		'  local   stock at /run/db.sock as sync (node id site)',
		'  cloud   stock at a:1 or [::1]:2 as sync (node id cloud, TLS, server identity not verified)',
		'  tables  item, place',
		'till: every 10m, batches of 100 (up to 5000), conflicts: newest',
		'  local   till at till.example:3306 as sync (node id site, not encrypted)',
		'  cloud   till at 10.0.0.9:3306 as sync (node id cloud, TLS, servername db.example)',
		'  tables  all',
	]);
});

test('no password is among them', async () => {
	const config = await load(
		site([pair({ local: end({ password: 's3cret' }) })], { read_only: true }),
	);
	expect(describeConfig(config)[0]).toBe(
		`${config.path} is valid: 1 pair, node id site, read-only`,
	);
	expect(describeConfig(config).join()).not.toContain('s3cret');
});

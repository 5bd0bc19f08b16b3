import { expect, test } from 'vitest';
import { isLoopbackAddress, isLoopbackHost } from '../../source/config/loopback.ts';

const own = [
	'127.0.0.1',
	'127.255.255.254',
	'::1',
	'0:0:0:0:0:0:0:1',
	'::ffff:127.0.0.1',
	'::ffff:7f00:1',
];
const others = [
	'128.0.0.1',
	'126.255.255.255',
	'10.0.0.1',
	'::2',
	'::',
	'fe80::1',
	'::ffff:10.0.0.1',
	'',
];

test.each(own)('%s never leaves this machine', (address) => {
	expect(isLoopbackAddress(address)).toBe(true);
	expect(isLoopbackHost(address)).toBe(true);
});

test.each(others)('"%s" may', (address) => {
	expect(isLoopbackAddress(address)).toBe(false);
	expect(isLoopbackHost(address)).toBe(false);
});

test.each(['localhost', 'LocalHost', 'localhost.', 'db.localhost', '127.0.0.1.'])(
	'the name %s is this machine',
	(host) => {
		expect(isLoopbackHost(host)).toBe(true);
	},
);

test.each(['localhost.example.com', '127.0.0.1.example.com', 'mylocalhost', 'db', ''])(
	'the name "%s" may be any machine',
	(host) => {
		expect(isLoopbackHost(host)).toBe(false);
	},
);

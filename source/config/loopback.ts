import { BlockList, isIPv6 } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** True if an IP address (IPv4 or IPv6) never leaves this machine. */
export function isLoopbackAddress(address: string): boolean {
	return loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** True if a host is this machine, judged by its name or address alone; other names may resolve to it too. */
export function isLoopbackHost(host: string): boolean {
	const plain = host.toLowerCase().replace(/\.$/, '');
	return plain === 'localhost' || plain.endsWith('.localhost') || isLoopbackAddress(plain);
}

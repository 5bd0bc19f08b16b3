import { describe, expect, it } from 'vitest';
import type { EndConfig } from '../../../source/config/types.ts';
import { Nodes, nodePlaceName } from '../../../source/database/connection/nodes.ts';
import { SyncError } from '../../../source/errors.ts';

function endWith(...hosts: string[]): EndConfig {
	const endpoints = hosts.map((host) => ({ host, port: 3306 }));
	return {
		...{ side: 'cloud', nodeId: 'cloud', user: 'sync', password: '', database: 'shop' },
		endpoints,
	};
}

const down = new SyncError('unreachable', 'connect ECONNREFUSED', { hint: 'Start it.' });
const readOnly = new SyncError('busy', 'the server is read-only', { hint: 'Name its primary.' });

describe('the nodes of an end', () => {
	const hostsInTurn = (nodes: Nodes) => nodes.inTurn.map(nodePlaceName);

	it('are tried from the one in use on, and are the same for all its connections', () => {
		const end = endWith('a', 'b', 'c');
		const nodes = Nodes.of(end);
		const [a, b] = nodes.inTurn as [{ host: string; port: number }, { host: string; port: number }];
		expect(hostsInTurn(nodes)).toEqual(['a:3306', 'b:3306', 'c:3306']);
		nodes.leave(a, down);
		expect(hostsInTurn(nodes)).toEqual(['b:3306', 'c:3306', 'a:3306']);
		nodes.use(b);
		expect(Nodes.of(end).isInUse(b)).toBe(true);
		expect(nodes.left).toEqual([
			{ node: 'a:3306', reason: 'connect ECONNREFUSED', inUse: 'b:3306' },
		]);
		// A connection to the one that was left may fail later.
		nodes.leave(a, readOnly);
		expect(hostsInTurn(nodes)).toEqual(['b:3306', 'c:3306', 'a:3306']);
	});

	it('are reported one by one if none can be used, in the order of the configuration', () => {
		const nodes = Nodes.of(endWith('a', '::1'));
		const [a, b] = nodes.inTurn as [{ host: string; port: number }, { host: string; port: number }];
		nodes.leave(a, down);
		nodes.leave(b, readOnly);
		const told = { code: 'busy', hint: 'Start it. Name its primary.' };
		const message =
			'no node can be used (a:3306: connect ECONNREFUSED; [::1]:3306: the server is read-only)';
		expect(nodes.unusable()).toMatchObject({ ...told, message });
		nodes.leave(a, down);
		expect(nodes.unusable().message).toBe(message);
	});

	it('need no name where there is only one', () => {
		const nodes = Nodes.of(endWith('a'));
		const [a] = nodes.inTurn as [{ host: string; port: number }];
		nodes.leave(a, readOnly);
		expect(nodes.isInUse(a)).toBe(true);
		expect(nodes.unusable()).toBe(readOnly);
	});
});

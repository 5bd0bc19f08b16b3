import type { Problem } from './problem.ts';
import type { EndConfig, PairConfig } from './types.ts';

/** One side of one pair, and its place in the file. */
interface Member {
	pair: PairConfig;
	end: EndConfig;
	pointer: string;
}

/**
 * Contradictions between names, node ids and databases of the pairs. A change carries the ids of the nodes
 * that have it through every pair it passes. Among all databases connected by pairs an id must therefore mean
 * one database, and a database must have one id.
 * @param pairs in the order of the file
 */
export function findContradictions(pairs: readonly PairConfig[]): Problem[] {
	const problems = [...repeatedNames(pairs), ...pairs.flatMap(withinPair)];
	const members = pairs.flatMap((pair, index): Member[] => {
		if (!pair.enabled || sameDatabase(pair.local, pair.cloud)) return [];
		const pointer = `/sync_pairs/${index}`;
		return [
			{ pair, end: pair.local, pointer: `${pointer}/local` },
			{ pair, end: pair.cloud, pointer: `${pointer}/cloud` },
		];
	});
	const databases = partition(members, (a, b) => sameDatabase(a.end, b.end));
	const networks = partition(databases, (a, b) =>
		a.some((one) => b.some((other) => one.pair === other.pair)),
	);
	problems.push(...databases.flatMap(severalIds), ...networks.flatMap(sharedIds));
	return problems;
}

function repeatedNames(pairs: readonly PairConfig[]): Problem[] {
	return pairs.flatMap(({ name }, index) => {
		const first = pairs.findIndex((pair) => pair.name === name);
		if (first === index) return [];
		return [
			{
				pointer: `/sync_pairs/${index}/name`,
				message: `is "${name}", which sync_pairs[${first}] already uses: rename one of them`,
			},
		];
	});
}

function withinPair({ name, local, cloud }: PairConfig, index: number): Problem[] {
	const problems: Problem[] = [];
	const pointer = `/sync_pairs/${index}`;
	if (sameDatabase(local, cloud)) {
		problems.push({
			pointer: `${pointer}/cloud`,
			message: `is the same database as local in pair "${name}": a pair needs two databases`,
		});
	}
	if (sameId(local.nodeId, cloud.nodeId)) {
		problems.push({
			pointer: `${pointer}/cloud/node_id`,
			message: `is ${cloud.nodeId} on both sides of pair "${name}": choose a different node_id for one of them`,
		});
	}
	return problems;
}

/** One database with several ids. */
function severalIds(database: readonly Member[]): Problem[] {
	const [first, ...others] = database;
	if (first === undefined) return [];
	return others
		.filter(({ end }) => end.nodeId !== first.end.nodeId)
		.map(({ pair, end, pointer }) => ({
			pointer: `${pointer}/node_id`,
			message:
				`is ${end.nodeId} in pair "${pair.name}", but the same database is ` +
				`${first.end.nodeId} in pair "${first.pair.name}": use the same node_id in both`,
		}));
}

/** One id for several databases that exchange changes. */
function sharedIds(network: readonly Member[][]): Problem[] {
	return network.flatMap((database, index) => {
		for (const earlier of network.slice(0, index)) {
			for (const { pair, end, pointer } of database) {
				const other = earlier.find((member) => sameId(member.end.nodeId, end.nodeId));
				// Both sides of one pair: already reported by withinPair.
				if (other === undefined || other.pair === pair) continue;
				return [
					{
						pointer: `${pointer}/node_id`,
						message:
							`is ${end.nodeId} for two databases that exchange changes: ${end.side} of pair "${pair.name}" and ` +
							`${other.end.side} of pair "${other.pair.name}": ` +
							'choose a different node_id for one of them',
					},
				];
			}
		}
		return [];
	});
}

/** The databases compare ids too, possibly with a case-insensitive collation. */
function sameId(one: string, other: string): boolean {
	return one.toLowerCase() === other.toLowerCase();
}

/** True if both sides are the same database, as far as the addresses tell. */
function sameDatabase(one: EndConfig, other: EndConfig): boolean {
	if (one.database !== other.database) return false;
	if (one.socket !== undefined || other.socket !== undefined) return one.socket === other.socket;
	return one.endpoints.some((a) =>
		other.endpoints.some((b) => a.port === b.port && plainHost(a.host) === plainHost(b.host)),
	);
}

function plainHost(host: string): string {
	const plain = host.toLowerCase().replace(/\.$/, '');
	const loopback = ['localhost', '127.0.0.1', '::1', '0:0:0:0:0:0:0:1'];
	return loopback.includes(plain) ? 'localhost' : plain;
}

/** Groups items that are related to each other, directly or through others. */
function partition<T>(items: readonly T[], related: (one: T, other: T) => boolean): T[][] {
	let groups: T[][] = [];
	for (const item of items) {
		const joined = groups.filter((group) => group.some((other) => related(item, other)));
		groups = [...groups.filter((group) => !joined.includes(group)), [...joined.flat(), item]];
	}
	return groups;
}

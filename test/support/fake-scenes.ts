/** Scenes for the screen: an engine with something of everything, and a running one. */

import type { LivePair, PendingChange } from '../../source/engine/api/snapshot.ts';
import {
	change,
	end,
	FakeEngine,
	inspection,
	pair,
	table,
	withOldestPages,
} from './fake-engine.ts';
import { fakeLog } from './fake-log.ts';

const minute = 60_000;

function isoAgo(milliseconds: number): string {
	return new Date(Date.now() - milliseconds).toISOString();
}

const shopTables = [
	table('customers', { pending: { local_to_cloud: 12, cloud_to_local: 3 } }),
	table('orders', { pending: { local_to_cloud: 904, cloud_to_local: 30 } }),
	table('order_items', {
		primary_key: ['order_id', 'line'],
		pending: { local_to_cloud: 288, cloud_to_local: 4 },
	}),
	table('prices_by_region_and_currency', {
		primary_key: ['region', 'currency', 'valid_from'],
		triggers: { local: 'installed', cloud: 'stale' },
	}),
	table('stock', { triggers: { local: 'missing', cloud: 'installed' } }),
	table('audit_trail', {
		primary_key: [],
		skipped_reason: 'it has no primary key',
		triggers: { local: 'skipped', cloud: 'skipped' },
		pending: { local_to_cloud: null, cloud_to_local: null },
	}),
	table('客户评论与反馈', {
		primary_key: ['编号'],
		triggers: { local: 'installed', cloud: 'unknown' },
		pending: { local_to_cloud: 0, cloud_to_local: null },
	}),
];

const operations = ['UPDATE', 'INSERT', 'UPDATE', 'DELETE'];
const changed = ['orders', 'order_items', 'customers', '客户评论与反馈'];

function someChanges(length: number, origin: string, oldest: number): PendingChange[] {
	return Array.from({ length }, (_, index) => {
		const name = changed[(index * 3) % changed.length] ?? 'orders';
		return change(1000 + index, {
			table: name,
			operation: operations[index % operations.length] ?? 'UPDATE',
			key:
				name === 'order_items'
					? `order_id=${4000 + index}, line=${index % 7}`
					: `id=${4000 + index}`,
			source_node: origin,
			changed_at: isoAgo(Math.max(0, oldest - index * 900)),
		});
	});
}

function shop(): LivePair {
	return pair('shop', {
		state: 'running',
		tables: shopTables,
		moved: { local_to_cloud: 18_430, cloud_to_local: 1207 },
		changes: {
			local_to_cloud: someChanges(200, 'site-a', 200_000),
			cloud_to_local: someChanges(37, 'site-b', 31_000),
		},
		directions: {
			local_to_cloud: {
				pending: 1204,
				oldest_pending_seconds: 200,
				errors: 0,
				last_batch: { at: isoAgo(3000), applied: 100, milliseconds: 45 },
			},
			cloud_to_local: {
				pending: 37,
				oldest_pending_seconds: 31,
				errors: 2,
				last_batch: { at: isoAgo(9 * minute), applied: 12, milliseconds: 20 },
			},
		},
	});
}

/** One pair of every kind. */
export function everything(): FakeEngine {
	const known = { pending: 5, oldest_pending_seconds: 7200, errors: 0, last_batch: null };
	const unknown = { pending: null, oldest_pending_seconds: null, errors: 0, last_batch: null };
	const none = {
		pending: 0,
		oldest_pending_seconds: null,
		errors: 0,
		last_batch: { at: isoAgo(6 * minute), applied: 3, milliseconds: 8 },
	};
	return new FakeEngine([
		shop(),
		pair('warehouse-north', {
			next_run_at: Date.now() + 9 * minute,
			directions: { local_to_cloud: none, cloud_to_local: none },
			cloud: end({ node_id: 'cloud', server: 'MariaDB 11.4.2', latency_ms: 41 }),
		}),
		pair('archive', {
			state: 'offline',
			next_run_at: Date.now() + 20_000,
			looked_at: Date.now() - 3 * minute,
			cloud: end({
				node_id: 'cloud',
				reachable: false,
				server: null,
				latency_ms: null,
				error: 'connect ECONNREFUSED 10.20.30.40:3306',
			}),
			problem:
				'cloud: connect ECONNREFUSED 10.20.30.40:3306\n  Check that the server runs and that host and port are right.',
			directions: { local_to_cloud: known, cloud_to_local: known },
		}),
		pair('hr', {
			state: 'blocked',
			directions: { local_to_cloud: unknown, cloud_to_local: unknown },
			looked_at: null,
			problem:
				'local: a table named change_log exists that is not this program’s.\n  Rename it, or use another database.',
		}),
		pair('branch', {
			state: 'paused',
			directions: { local_to_cloud: known, cloud_to_local: none },
		}),
		pair('hub', {
			state: 'standby',
			read_only: true,
			problem: 'another process is syncing this pair: ops@site-b, pid 4711',
		}),
	]);
}

/** The same, with 100,000 changes of the first pair. */
export function longLog(): FakeEngine {
	const engine = everything();
	fakeLog(engine, 'shop', 100_000);
	return engine;
}

/** One pair of every kind, with changes that come and go, batches and notices. */
export function atWork(): FakeEngine {
	const engine = everything();
	let tick = 0;
	setInterval(() => {
		tick += 1;
		for (const name of ['warehouse-north', 'branch', 'hub']) {
			engine.update(name, () => ({ looked_at: Date.now() }));
		}
		engine.update('shop', (now) => {
			const up = (tick * 37) % 1300;
			const down = (tick * 11) % 60;
			const { local_to_cloud: to, cloud_to_local: back } = now.directions;
			const last = { at: new Date().toISOString(), applied: 100, milliseconds: 40 + (tick % 9) };
			return withOldestPages({
				...now,
				looked_at: Date.now(),
				state: tick % 20 < 12 ? 'running' : 'idle',
				next_run_at: tick % 20 < 12 ? null : Date.now() + (20 - (tick % 20)) * 1000,
				changes: {
					local_to_cloud: someChanges(Math.min(200, up), 'site-a', up * 900),
					cloud_to_local: someChanges(down, 'site-b', down * 900),
				},
				directions: {
					local_to_cloud: {
						...to,
						pending: up,
						oldest_pending_seconds: up ? up * 0.9 : null,
						last_batch: last,
					},
					cloud_to_local: {
						...back,
						pending: down,
						oldest_pending_seconds: down ? down * 0.9 : null,
					},
				},
			});
		});
		if (tick % 3 === 0) {
			engine.notice({ direction: 'local_to_cloud', message: `batch ${tick / 3} applied` });
		}
		if (tick % 15 === 0) {
			engine.notice({
				level: 'warning',
				pair: 'archive',
				side: 'cloud',
				message: 'cannot be reached: connect ECONNREFUSED 10.20.30.40:3306; next try in 20s',
			});
		}
	}, 500).unref();
	return engine;
}

/** One pair at rest, looked at every other second, that runs in less than a minute. */
export function countdown(): FakeEngine {
	const engine = new FakeEngine([pair('shop', { next_run_at: Date.now() + 59_900 })]);
	setInterval(() => engine.update('shop', () => ({ looked_at: Date.now() })), 2000).unref();
	return engine;
}

/** Names that are as wide as they are not long: CJK, emoji, marks, and what would steer a terminal. */
const oddNames = [
	'orders',
	'客户评论与反馈',
	'👩‍👩‍👧 family 🇩🇪',
	'cafe\u0301 re\u0301sume\u0301',
	'ｗｉｄｅ',
	'ไทยกำลัง',
	'bell\u0007 tab\t bidi\u202e esc\u001b[31m',
	'clip\u001b]52;c;aGFybQ==\u0007board',
];

/** A pair at rest in which every name, key and value is odd. */
export function odd(): FakeEngine {
	const listed = oddNames.map((name, index) =>
		change(100 + index, { table: name, key: `k=${name}`, row_key: name }),
	);
	const engine = new FakeEngine([
		pair('shop', {
			tables: oddNames.map((name) => table(name, { primary_key: [name] })),
			changes: { local_to_cloud: listed, cloud_to_local: [] },
			directions: {
				local_to_cloud: {
					pending: listed.length,
					oldest_pending_seconds: null,
					errors: 0,
					last_batch: null,
				},
				cloud_to_local: {
					pending: 0,
					oldest_pending_seconds: null,
					errors: 0,
					last_batch: null,
				},
			},
		}),
	]);
	const value = (text: string) => ({ text, cut: 0 });
	engine.inspected = async () =>
		inspection({
			now: {
				there: { local: true, cloud: true },
				columns: oddNames.map((name) => ({
					name,
					in_key: false,
					local: value(name),
					cloud: value('|'),
					same: false,
				})),
			},
		});
	setInterval(() => engine.update('shop', () => ({ looked_at: Date.now() })), 2000).unref();
	return engine;
}

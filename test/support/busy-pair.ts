/** A pair with something of everything in it, as of noon on the screen's clock. */

import type { Direction } from '../../source/config/types.ts';
import { emptyPages } from '../../source/engine/api/listing.ts';
import type { RowInspection } from '../../source/engine/api/row-comparison.ts';
import type {
	EventTriggers,
	LivePair,
	MovedBatch,
	Notice,
	PendingChange,
	TrendSample,
} from '../../source/engine/api/snapshot.ts';
import { trendStep } from '../../source/engine/api/snapshot.ts';
import { change, conflict, pair, parked, table } from './fake-engine.ts';
import { columnMissing } from './findings/columns.ts';
import { beforeNoon, noon } from './screen.tsx';

const installed: EventTriggers = {
	INSERT: 'installed',
	UPDATE: 'installed',
	DELETE: 'installed',
	cascades: null,
};

function changes(length: number, origin: string, oldest: number): PendingChange[] {
	const tables = ['orders', 'order_items', 'customers', '客户评论与反馈'];
	return Array.from({ length }, (_, index) => {
		const name = tables[(index * 3) % 4] ?? 'orders';
		return change(1000 + index, {
			table: name,
			operation: ['UPDATE', 'INSERT', 'UPDATE', 'DELETE'][index % 4] ?? 'UPDATE',
			key:
				name === 'order_items' ? `order_id=${400 + index}, line=${index % 7}` : `id=${400 + index}`,
			source_node: origin,
			changed_at: beforeNoon(Math.max(0, oldest - index)),
		});
	});
}

/** What is pending of one table alone, as often as the pair's counts say. */
export function busyChangesOf(name: string): Pick<LivePair, 'changes' | 'pages'> {
	const { tables } = busyPair();
	const some = (direction: Direction, origin: string, oldest: number) => {
		const pending = tables.find((each) => each.name === name)?.pending[direction] ?? 0;
		return changes(4 * pending, origin, oldest).filter((each) => each.table === name);
	};
	return {
		changes: {
			local_to_cloud: some('local_to_cloud', 'site-a', 200),
			cloud_to_local: some('cloud_to_local', 'site-b', 31),
		},
		pages: emptyPages(),
	};
}

function trend(most: number): TrendSample[] {
	return Array.from({ length: 60 }, (_, index) => ({
		at: noon - (59 - index) * trendStep,
		pending: index === 20 ? null : Math.round(most * Math.abs(Math.sin(index / 7))),
		applied: index % 9 === 0 ? 0 : Math.round((most / 3) * Math.abs(Math.cos(index / 5))),
	}));
}

function batches(applied: number): MovedBatch[] {
	return Array.from({ length: 12 }, (_, index) => ({
		at: beforeNoon(3 + index * 5),
		applied: applied - index,
		milliseconds: 45 + index,
		conflicts: index === 1 ? 1 : 0,
		refused: index === 2 ? 2 : 0,
	}));
}

export function busyPair(): LivePair {
	return pair('shop', {
		state: 'idle',
		looked_at: noon,
		next_run_at: noon + 252_000,
		conflicts: 2,
		holder: {
			name: 'ops@site-a.example.com, pid 4711',
			process: 4711,
			since: '2026-01-02T08:00:00Z',
		},
		rate: { local_to_cloud: 312.4, cloud_to_local: 0 },
		moved: { local_to_cloud: 18_430, cloud_to_local: 1207 },
		logs: {
			local: {
				changes: 19_634,
				since: beforeNoon(260_000),
				nodes: [{ node_id: 'cloud', seen_at: beforeNoon(3), waiting: null }],
			},
			cloud: {
				changes: 1244,
				since: beforeNoon(90_000),
				nodes: [
					{ node_id: 'site-a', seen_at: beforeNoon(3), waiting: null },
					{ node_id: 'site-b', seen_at: beforeNoon(3600), waiting: 12 },
				],
			},
		},
		directions: {
			local_to_cloud: {
				pending: 1204,
				oldest_pending_seconds: 200,
				errors: 0,
				last_batch: { at: beforeNoon(3), applied: 100, milliseconds: 45 },
			},
			cloud_to_local: {
				pending: 37,
				oldest_pending_seconds: 31,
				errors: 2,
				last_batch: { at: beforeNoon(3), applied: 12, milliseconds: 45 },
			},
		},
		trend: { local_to_cloud: trend(1304), cloud_to_local: trend(40) },
		batches: { local_to_cloud: batches(100), cloud_to_local: batches(12) },
		changes: {
			local_to_cloud: changes(200, 'site-a', 200),
			cloud_to_local: changes(37, 'site-b', 31),
		},
		tables: [
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
				skipped_reason: 'no primary key',
				triggers: { local: 'skipped', cloud: 'skipped' },
				pending: { local_to_cloud: null, cloud_to_local: null },
			}),
			table('客户评论与反馈', {
				primary_key: ['编号'],
				triggers: { local: 'installed', cloud: 'unknown' },
				pending: { local_to_cloud: 0, cloud_to_local: null },
			}),
		],
		notes: {
			customers: [
				columnMissing('customers', 'size', 'ALTER TABLE `customers` ADD COLUMN `size` INT NULL'),
			],
		},
		event_triggers: {
			customers: {
				local: { ...installed, cascades: 'installed' },
				cloud: { ...installed, cascades: 'installed' },
			},
			orders: { local: installed, cloud: installed },
			order_items: { local: installed, cloud: installed },
			prices_by_region_and_currency: { local: installed, cloud: { ...installed, UPDATE: 'stale' } },
			stock: {
				local: { INSERT: 'missing', UPDATE: 'missing', DELETE: 'missing', cascades: null },
				cloud: installed,
			},
			客户评论与反馈: { local: installed, cloud: null },
		},
		last_changes: {
			customers: {
				side: 'local',
				operation: 'UPDATE',
				source_node: 'site-a',
				changed_at: beforeNoon(7),
			},
			orders: {
				side: 'cloud',
				operation: 'INSERT',
				source_node: 'site-b',
				changed_at: beforeNoon(95),
			},
		},
		conflict_list: [
			conflict(12, { detected_at: beforeNoon(80) }),
			conflict(11, { table: 'orders', id: 'C11', detected_at: beforeNoon(4000) }),
			conflict(9, { kept: 'cloud', open: false, detected_at: beforeNoon(90_000) }),
			conflict(8, {
				table: '客户评论与反馈',
				key: '编号=7',
				kept: 'local',
				open: true,
				detected_at: beforeNoon(90_500),
			}),
		],
		parked_list: [
			parked(3, { direction: 'cloud_to_local', id: 'C3' }),
			parked(4, {
				direction: 'cloud_to_local',
				id: 'C4',
				table: 'order_items',
				key: 'order_id=77, line=2',
				operation: 'INSERT',
				message: "Data too long for column 'note' at row 1\nMake the column longer on local.",
				code: 1406,
				next_at: beforeNoon(1),
			}),
		],
	});
}

export function busyNotices(): Notice[] {
	const at = (seconds: number) => noon - seconds * 1000;
	return [
		{ at: at(100), level: 'info', pair: 'shop', message: 'audit_trail is skipped: no primary key' },
		...Array.from(
			{ length: 30 },
			(_, index): Notice => ({
				at: at(90 - index * 2),
				level: 'info',
				pair: 'shop',
				direction: index % 3 === 0 ? 'cloud_to_local' : 'local_to_cloud',
				message: `applied ${100 - index} changes in ${45 + index} ms`,
				detail: `${80 - index} upserts, 20 deletes`,
			}),
		),
		{
			at: at(29),
			level: 'error',
			pair: 'shop',
			direction: 'cloud_to_local',
			message:
				'pair shop, local, table orders, row id=3: Cannot add or update a child row: a foreign key constraint fails\n  It is tried again.',
		},
		{
			at: at(5),
			level: 'warning',
			pair: 'shop',
			message: 'local, table stock: its triggers are gone',
		},
	];
}

/** A row that differs, and the versions that a conflict has on record. */
export function busyRow(withConflict: boolean): RowInspection {
	const value = (text: string | null, cut = 0) => ({ text, cut });
	const both = (name: string, text: string | null, in_key = false) => ({
		name,
		in_key,
		local: value(text),
		cloud: value(text),
		same: true,
	});
	const columns = [
		both('id', '12', true),
		{
			name: 'name',
			in_key: false,
			local: value('Ada Lovelace'),
			cloud: value('Augusta Ada King'),
			same: false,
		},
		{ name: 'note', in_key: false, local: value(null), cloud: value(''), same: false },
		both('city', '東京都千代田区'),
		{
			name: 'picture',
			in_key: false,
			local: value('0x89504e470d0a1a0a'.padEnd(200, '00ff'), 4800),
			cloud: value('0x00'),
			same: false,
		},
		both('joined_at', '2026-01-02 11:58:03.250'),
		{ name: 'size', in_key: false, local: value('44'), cloud: null, same: null },
	];
	const there = { local: true, cloud: true };
	return {
		at: noon - 4000,
		now: { there, columns },
		conflict: withConflict ? { there, columns: columns.slice(0, 3) } : null,
		history: [
			{
				at: '2026-01-02T11:40:00.000000Z',
				side: 'local',
				text: 'UPDATE made here; applied by: cloud',
			},
			{
				at: '2026-01-02T11:40:01.500000Z',
				side: 'cloud',
				text: 'UPDATE from site-a of 2026-01-02 11:40:00.000000 applied, by ops@site-a, pid 4711',
			},
		],
	};
}

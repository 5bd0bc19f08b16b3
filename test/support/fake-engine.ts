/** An engine in memory, for tests of the screen: it shows what a test sets and records requests. */

import type { Direction, Side } from '../../source/config/types.ts';
import {
	type ChangesPage,
	emptyPages,
	type PartialListing,
} from '../../source/engine/api/listing.ts';
import type { RowInspection, RowQuery } from '../../source/engine/api/row-comparison.ts';
import type {
	EndSnapshot,
	EngineSnapshot,
	EngineView,
	ListedConflict,
	ListedParked,
	LivePair,
	Notice,
	PendingChange,
	TableSnapshot,
} from '../../source/engine/api/snapshot.ts';

export function end(values: Partial<EndSnapshot> = {}): EndSnapshot {
	return {
		node_id: 'site-a',
		reachable: true,
		server: 'MariaDB 10.11.19',
		latency_ms: 0.4,
		error: null,
		...values,
	};
}

export function table(name: string, values: Partial<TableSnapshot> = {}): TableSnapshot {
	return {
		name,
		primary_key: ['id'],
		skipped_reason: null,
		triggers: { local: 'installed', cloud: 'installed' },
		pending: { local_to_cloud: 0, cloud_to_local: 0 },
		...values,
	};
}

export function change(id: number, values: Partial<PendingChange> = {}): PendingChange {
	return {
		id: String(id),
		table: 'customers',
		operation: 'UPDATE',
		key: `id=${id}`,
		row_key: `x${id}`,
		source_node: 'site-a',
		changed_at: null,
		...values,
	};
}

export function conflict(id: number, values: Partial<ListedConflict> = {}): ListedConflict {
	return {
		id: `L${id}`,
		table: 'customers',
		key: `id=${id}`,
		row_key: `x${id}`,
		kept: null,
		open: true,
		clash: false,
		detected_at: '2026-01-02T11:59:00.000000Z',
		...values,
	};
}

export function parked(id: number, values: Partial<ListedParked> = {}): ListedParked {
	return {
		id: `L${id}`,
		direction: 'local_to_cloud',
		table: 'orders',
		key: `id=${id}`,
		row_key: `x${id}`,
		operation: 'UPDATE',
		message: 'Cannot add or update a child row: a foreign key constraint fails',
		code: 1452,
		attempts: 3,
		first_at: '2026-01-02T11:50:00.000000Z',
		last_at: '2026-01-02T11:58:00.000000Z',
		next_at: '2026-01-02T12:02:00.000000Z',
		...values,
	};
}

/** A row that differs in one column. */
export function inspection(values: Partial<RowInspection> = {}): RowInspection {
	const value = (text: string | null) => ({ text, cut: 0 });
	return {
		at: Date.now(),
		now: {
			there: { local: true, cloud: true },
			columns: [
				{ name: 'id', in_key: true, local: value('7'), cloud: value('7'), same: true },
				{ name: 'name', in_key: false, local: value('Ada'), cloud: value('Eve'), same: false },
				{ name: 'note', in_key: false, local: value(null), cloud: value(''), same: false },
			],
		},
		conflict: null,
		history: [],
		...values,
	};
}

/** An idle pair with two reachable ends, looked at just now. */
export function pair(name: string, values: Partial<LivePair> = {}): LivePair {
	const direction = { pending: 0, oldest_pending_seconds: null, errors: 0, last_batch: null };
	return withOldestPages({
		name,
		state: 'idle',
		local: end(),
		cloud: end({ node_id: 'cloud', server: 'MySQL 9.7.4', latency_ms: 98 }),
		directions: { local_to_cloud: { ...direction }, cloud_to_local: { ...direction } },
		conflicts: 0,
		tables: [table('customers'), table('orders')],
		security: { local: 'own machine', cloud: 'verified' },
		address: {
			local: `127.0.0.1:3306/${name}`,
			cloud: `db.example.com:3306/${name}`,
		},
		read_only: false,
		moved: { local_to_cloud: 0, cloud_to_local: 0 },
		next_run_at: null,
		interval: 600_000,
		held_here: true,
		rate: { local_to_cloud: 0, cloud_to_local: 0 },
		trend: { local_to_cloud: [], cloud_to_local: [] },
		batches: { local_to_cloud: [], cloud_to_local: [] },
		event_triggers: {},
		conflict_list: [],
		parked_list: [],
		last_changes: {},
		looked_at: Date.now(),
		problem: null,
		holder: null,
		logs: { local: null, cloud: null },
		notes: {},
		skipped: {},
		problem_finding: null,
		changes: { local_to_cloud: [], cloud_to_local: [] },
		pages: emptyPages(),
		...values,
	});
}

/** A pair whose listed changes are the oldest ones of all that are pending. */
export function withOldestPages(pair: LivePair): LivePair {
	const page = (direction: Direction): ChangesPage => {
		const pending = pair.directions[direction].pending ?? 0;
		const newer = Math.max(0, pending - pair.changes[direction].length);
		return { anchor: 'oldest', words: [], older: 0, newer };
	};
	const pages = { local_to_cloud: page('local_to_cloud'), cloud_to_local: page('cloud_to_local') };
	return { ...pair, pages };
}

type Answer = () => Promise<string>;

export class FakeEngine implements EngineView {
	/** Every request in the order it came, such as `force shop local_to_cloud`. */
	readonly requests: string[] = [];
	/** What every request but `inspect` does; by default they succeed at once. */
	answer: Answer = async () => 'done';
	/** What `inspect` resolves to. */
	inspected: () => Promise<RowInspection> = async () => inspection();
	/** Told what is to be listed. */
	onWatch: ((name: string | null, listing: PartialListing) => void) | null = null;
	private current: EngineSnapshot;
	private readonly listeners = new Set<() => void>();
	private readonly noticeListeners = new Set<(notice: Notice) => void>();

	constructor(pairs: LivePair[], nodeId = 'site-a') {
		this.current = { node_id: nodeId, pairs };
	}

	snapshot(): EngineSnapshot {
		return this.current;
	}

	/** Changes one pair and says so. */
	update(name: string, change: (pair: LivePair) => Partial<LivePair>): void {
		const pairs = this.current.pairs.map((each) =>
			each.name === name ? { ...each, ...change(each) } : each,
		);
		this.current = { ...this.current, pairs };
		for (const listener of this.listeners) listener();
	}

	notice(notice: Partial<Notice> & { message: string }): void {
		const whole: Notice = { at: Date.now(), level: 'info', pair: 'shop', ...notice };
		for (const listener of this.noticeListeners) listener(whole);
	}

	subscribe(listener: () => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	onNotice(listener: (notice: Notice) => void): () => void {
		this.noticeListeners.add(listener);
		return () => this.noticeListeners.delete(listener);
	}

	/** Listeners that have not been taken back. */
	get listening(): number {
		return this.listeners.size + this.noticeListeners.size;
	}

	force(name: string, directions: readonly Direction[], once = false): Promise<string> {
		this.requests.push(`force ${name} ${directions.join(' ')}${once ? ' once' : ''}`);
		return this.answer();
	}

	async pause(name: string): Promise<void> {
		this.requests.push(`pause ${name}`);
		this.update(name, () => ({ state: 'paused', next_run_at: null }));
	}

	async resume(name: string): Promise<void> {
		this.requests.push(`resume ${name}`);
		this.update(name, () => ({ state: 'idle' }));
	}

	install(name: string, tableName?: string): Promise<string> {
		this.requests.push(['install', name, tableName].filter(Boolean).join(' '));
		return this.answer();
	}

	uninstall(name: string, tableName?: string): Promise<string> {
		this.requests.push(['uninstall', name, tableName].filter(Boolean).join(' '));
		return this.answer();
	}

	dropLog(name: string): Promise<string> {
		this.requests.push(`drop log ${name}`);
		return this.answer();
	}

	forget(name: string, node: string): Promise<string> {
		this.requests.push(`forget ${name} ${node}`);
		return this.answer();
	}

	retry(name: string, id?: string): Promise<string> {
		this.requests.push(['retry', name, id].filter(Boolean).join(' '));
		return this.answer();
	}

	resolve(name: string, id: string, keep: Side): Promise<string> {
		this.requests.push(`resolve ${name} ${id} ${keep}`);
		return this.answer();
	}

	inspect(
		name: string,
		{ table: of, row_key, typed, conflict: id }: RowQuery,
	): Promise<RowInspection> {
		this.requests.push(['inspect', name, of, row_key, typed, id].filter(Boolean).join(' '));
		return this.inspected();
	}

	watch(name: string | null, { table: only, pages }: PartialListing = {}): void {
		const asked = Object.values(pages ?? {}).flatMap(({ anchor, words }) =>
			anchor === 'oldest' ? words : [anchor, ...words],
		);
		this.requests.push(['watch', name ?? 'nothing', only, ...asked].filter(Boolean).join(' '));
		this.onWatch?.(name, { table: only ?? null, pages: pages ?? {} });
	}
}

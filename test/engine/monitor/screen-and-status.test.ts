/** The screen and `status` look at the same databases, and show the same of them. */
import { expect, it, onTestFinished } from 'vitest';
import type { PairConfig } from '../../../source/config/types.ts';
import type { PairSnapshot } from '../../../source/engine/api/snapshot.ts';
import { livePair } from '../../../source/engine/monitor/live-pair.ts';
import { Monitor } from '../../../source/engine/monitor/monitor.ts';
import { readStatus } from '../../../source/engine/monitor/status.ts';
import { Tally } from '../../../source/engine/monitor/tally.ts';
import { Mode } from '../../../source/engine/pair/mode.ts';
import { Teller } from '../../../source/engine/pair/notices.ts';
import { Waker } from '../../../source/engine/shared/waker.ts';
import { type EnginePair, enginePair } from '../../support/engine-pair.ts';
import { describeOneWay } from '../../support/suites.ts';
import { waitFor } from '../../support/wait.ts';

const schema = [
	'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))',
	'CREATE TABLE loose (words VARCHAR(20))',
];

interface Situation {
	what: string;
	state: PairSnapshot['state'];
	/** What happens once both sides are in sync; without it nothing was ever installed. */
	happens?: (pair: EnginePair) => Promise<unknown>;
	config?: Partial<PairConfig>;
	/** Whether the cloud cannot be reached. */
	down?: boolean;
}

/** A row that both sides change, so that a person is to decide. */
async function bothChange({ local, cloud, sync }: EnginePair): Promise<void> {
	await local.connection.query("UPDATE item SET name = 'here' WHERE id = 1");
	await cloud.connection.query("UPDATE item SET name = 'there' WHERE id = 1");
	await sync();
}

/** A row that the cloud refuses for good. */
async function refused({ local, cloud, sync }: EnginePair): Promise<void> {
	await cloud.connection.query("ALTER TABLE item ADD CHECK (name <> 'no')");
	await local.connection.query("INSERT INTO item VALUES (9, 'no')");
	await sync();
}

const situations: readonly Situation[] = [
	{ what: 'nothing is installed', state: 'idle' },
	{
		what: 'changes wait',
		state: 'idle',
		happens: ({ local }) => local.connection.query("INSERT INTO item VALUES (2, 'b')"),
	},
	{
		what: 'a conflict waits for a decision',
		state: 'idle',
		config: { conflict: 'manual' },
		happens: bothChange,
	},
	{ what: 'a change is parked', state: 'idle', happens: refused },
	{
		what: 'a side has lost a table',
		state: 'idle',
		happens: ({ cloud }) => cloud.connection.query('DROP TABLE item'),
	},
	{
		what: "the application's writes fail",
		state: 'blocked',
		happens: ({ cloud }) => cloud.connection.query('DROP TABLE change_log'),
	},
	{
		what: 'another database had the node id before',
		state: 'blocked',
		happens: async ({ cloud }) => {
			const update = "UPDATE change_log_nodes SET database_id = 'other', place = 'elsewhere'";
			await cloud.connection.query(`${update} WHERE node_id = 'site'`);
		},
	},
	{ what: 'an end is down', state: 'offline', happens: async () => {}, down: true },
	{ what: 'an end was never reached', state: 'offline', down: true },
	{ what: 'the pair is read-only', state: 'paused', config: { readOnly: true } },
	{
		what: 'an end of a read-only pair is down',
		state: 'offline',
		config: { readOnly: true },
		down: true,
	},
	{
		what: 'writes fail while the pair is read-only',
		state: 'blocked',
		happens: ({ cloud }) => cloud.connection.query('DROP TABLE change_log'),
		config: { readOnly: true },
	},
	{ what: 'the pair is not enabled', state: 'paused', config: { enabled: false } },
];

describeOneWay('the screen and `status` of one pair, between', (products) => {
	it.each(situations)('show the same where $what', async ({ state, happens, config, down }) => {
		const pair = await enginePair(products, { schema });
		await pair.local.connection.query("INSERT INTO item VALUES (1, 'a')");
		if (happens) {
			// Before anything makes the pair one that takes no run.
			const { readOnly: _, enabled: __, ...policy } = config ?? {};
			Object.assign(pair.config, policy);
			await pair.sync();
			await happens(pair);
		}
		const looked: PairConfig = { ...pair.config, ...config };
		if (down) looked.cloud = { ...looked.cloud, endpoints: [{ host: '127.0.0.1', port: 1 }] };
		const [onScreen, printed] = [await screenOf(looked), await statusOf(looked)];
		expect(onScreen).toEqual(printed);
		expect(printed.state).toBe(state);
	});
});

/** What the screen shows of a pair whose engine is between two runs. */
async function screenOf(pair: PairConfig): Promise<PairSnapshot> {
	const ignored = () => undefined;
	const monitor = new Monitor(pair, 50, {
		onUpdate: ignored,
		onCount: ignored,
		onReached: ignored,
		onLook: ignored,
	});
	if (pair.enabled) {
		monitor.start();
		onTestFinished(() => monitor.stop());
		const isDone = () => [monitor.end('local'), monitor.end('cloud')].every(isTried);
		await waitFor(() => isDone() && monitor.lookedAt !== null, { what: 'the first look' });
	}
	const teller = new Teller(pair, ignored);
	const { state } = new Mode(pair, { waker: new Waker(), teller, onUpdate: ignored });
	const mode = { state, problem: null, nextRunAt: null, heldHere: false, notes: [], failing: [] };
	return comparable(livePair(pair, mode, monitor, new Tally()));
}

function isTried({ reachable }: PairSnapshot['local']): boolean {
	return reachable !== null;
}

async function statusOf(pair: PairConfig): Promise<PairSnapshot> {
	const { document } = await readStatus({ ...noConfig, pairs: [pair] }, [pair]);
	const [found] = document.pairs;
	if (!found) throw new Error('status has no pair');
	return comparable(found);
}

const noConfig = { path: '', nodeId: 'site', refresh: 1000, readOnly: false };

/** What `status` prints of a pair, without what changes from one moment to the next. */
function comparable(pair: PairSnapshot): PairSnapshot {
	const { name, state, local, cloud, directions, conflicts, tables } = pair;
	const end = (of: PairSnapshot['local']) => ({ ...of, latency_ms: null });
	const way = (of: PairSnapshot['directions']['local_to_cloud']) => ({
		...of,
		oldest_pending_seconds: null,
	});
	return {
		...{ name, state, conflicts, tables, local: end(local), cloud: end(cloud) },
		directions: {
			local_to_cloud: way(directions.local_to_cloud),
			cloud_to_local: way(directions.cloud_to_local),
		},
	};
}

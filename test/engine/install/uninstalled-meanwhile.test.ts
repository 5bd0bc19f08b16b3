import { expect, it } from 'vitest';
import { sides } from '../../../source/config/types.ts';
import type { Connection } from '../../../source/database/connection/connection.ts';
import { installPair, uninstallPair } from '../../../source/engine/install/installation.ts';
import { Lease } from '../../../source/engine/lease/lease.ts';
import { prepare } from '../../../source/engine/run/prepare.ts';
import { closeBoth, openBoth } from '../../../source/engine/shared/connections.ts';
import { type EnginePair, enginePair } from '../../support/engine-pair.ts';
import { interposed } from '../../support/interposed.ts';
import { describeOneWay, everything } from '../../support/suites.ts';
import { waitFor } from '../../support/wait.ts';

const schema = ['CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))'];

interface Reason {
	isFirst: boolean;
	/** Statements on the local end. */
	arise: string[];
}

/** What makes a run install something by itself. */
const reasons: Record<string, Reason> = {
	'the pair starts': { isFirst: true, arise: ['DROP TABLE change_log_marks'] },
	'a table was altered': {
		isFirst: false,
		arise: ['ALTER TABLE item CHANGE id number INT NOT NULL'],
	},
	'the change log was dropped': { isFirst: false, arise: ['DROP TABLE change_log'] },
};

/**
 * Prepares a run, in the middle of which a person uninstalls the pair.
 * @param at before which statement that returns rows
 * @returns how many of these there are
 */
async function prepareWhileUninstalling(
	pair: EnginePair,
	{ isFirst, arise, dropLog }: Reason & { dropLog: boolean },
	at: number,
): Promise<number> {
	const connections = await openBoth(pair.config);
	const others = await openBoth(pair.config);
	const lease = new Lease(pair.config);
	let statements = 0;
	let uninstalling: Promise<unknown> | null = null;
	try {
		await installPair(others, pair.config);
		await lease.take();
		const known = isFirst
			? new Set<string>()
			: (await prepare(connections, pair.config, new Set())).known;
		for (const statement of arise) await pair.local.connection.query(statement);
		const before = async () => {
			statements += 1;
			if (statements !== at) return;
			let done = false;
			uninstalling = uninstallPair(others, pair.config, { table: null, dropLog }).finally(() => {
				done = true;
			});
			await waitFor(async () => done || (await waitsForLock(pair)), {
				what: 'the uninstallation to end, or to wait',
			});
		};
		const between = {
			local: interposed(connections.local, before),
			cloud: interposed(connections.cloud, before),
		};
		const requireHeld = (connection: Connection) => lease.requireHeld(connection);
		// What it meets while the tables go is of no account: the next run looks again.
		await prepare(between, pair.config, known, undefined, requireHeld).catch(() => undefined);
		await uninstalling;
	} finally {
		await closeBoth(connections);
		await closeBoth(others);
		await lease.release();
	}
	return statements;
}

async function waitsForLock({ local, cloud }: EnginePair): Promise<boolean> {
	for (const { connection } of [local, cloud]) {
		const [rows] = await connection.query(
			"SELECT 1 FROM information_schema.processlist WHERE state = 'User lock' AND db = DATABASE()",
		);
		if ((rows as unknown[]).length > 0) return true;
	}
	return false;
}

describeOneWay('a person who uninstalls wins over an engine, between', (combination) => {
	const cases = Object.entries(reasons).flatMap(([name, reason]) =>
		// An engine that has just started installs what it finds uninstalled.
		(reason.isFirst ? [true] : [true, false]).map((dropLog) => ({ name, ...reason, dropLog })),
	);

	it.each(cases)(
		'that installs because $name (with --drop-log: $dropLog)',
		{
			timeout: everything ? 300_000 : 60_000,
		},
		async (reason) => {
			const pair = await enginePair(combination, { schema });
			const statements = await prepareWhileUninstalling(pair, reason, 0);
			const step = Math.ceil(statements / (everything ? 12 : 3));
			for (let at = 1; at <= statements; at += step) {
				for (const statement of ['DROP TABLE item', ...schema])
					await pair.local.connection.query(statement);
				await prepareWhileUninstalling(pair, reason, at);
				for (const side of sides) {
					const { connection } = pair[side];
					const [triggers] = await connection.query('SHOW TRIGGERS');
					expect([at, side, triggers]).toEqual([at, side, []]);
					if (!reason.dropLog) continue;
					const [tables] = await connection.query("SHOW TABLES LIKE 'change_log%'");
					expect([at, side, tables]).toEqual([at, side, []]);
				}
			}
		},
	);
});

import type { Connection } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { freshDatabase } from '../support/databases.ts';
import { runProgram, writeConfig } from '../support/program.ts';
import { describeOn } from '../support/suites.ts';

/** A hub and two sites, whose logs are shortened at once. */
async function hubWithTwoSites() {
	const hub = await freshDatabase('mysql');
	const sites = [await freshDatabase('mariadb'), await freshDatabase('mysql')];
	const connections: Connection[] = [];
	for (const database of [hub, ...sites]) {
		const connection = await database.connect();
		await connection.query('CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(20))');
		connections.push(connection);
	}
	const [atHub, atNear, atFar] = connections as [Connection, Connection, Connection];
	const pairs = sites.map((site, index) => ({
		name: ['near', 'far'][index],
		local: { ...site.end, node_id: ['near', 'far'][index] },
		cloud: { ...hub.end, node_id: 'hub' },
		tables: 'all',
	}));
	const config = await writeConfig({ retention: '1ms', sync_pairs: pairs });
	return { atHub, atNear, atFar, run: (...args: string[]) => runProgram(args, { config }) };
}

async function logged(connection: Connection): Promise<number> {
	const [rows] = await connection.query('SELECT COUNT(*) AS n FROM change_log');
	return Number((rows as { n: string }[])[0]?.n);
}

describeOn(['mariadb', 'mysql'], 'a node that is silent', () => {
	it('keeps what it lacks in the log until it is forgotten by command', async () => {
		const { atHub, atNear, atFar, run } = await hubWithTwoSites();
		expect(await run('sync')).toMatchObject({ code: 0 });

		await atNear.query("INSERT INTO item VALUES (1, 'one'), (2, 'two')");
		await run('sync', 'near');
		expect(await logged(atNear)).toBe(0);
		expect(await logged(atHub)).toBe(2);
		const { stdout } = await run('status', 'near');
		expect(stdout).toMatch(
			/change log cloud {2}at most 2 changes, oldest [\d-]+ [\d:]+ UTC; retained for far \(seen [\d-]+ [\d:]+ UTC, 2 changes retained for it\), near/,
		);

		// It comes back, and has everything.
		await run('sync', 'far');
		const [rows] = await atFar.query('SELECT id FROM item ORDER BY id');
		expect(rows).toEqual([{ id: 1 }, { id: 2 }]);
		expect(await logged(atHub)).toBe(0);

		await atNear.query("INSERT INTO item VALUES (3, 'three')");
		await run('sync', 'near');
		expect(await logged(atHub)).toBe(1);
		expect(await run('forget', 'near', 'far')).toMatchObject({
			code: 0,
			stdout: 'near: changes are no longer retained for far on cloud\n',
		});
		await run('sync', 'near');
		expect(await logged(atHub)).toBe(0);

		// What it missed is not concealed from it.
		const back = await run('sync', 'far');
		expect(back.code).toBe(1);
		expect(back.stderr).toMatch(/cloud: node far was forgotten at .* Compare the two sides/);
		expect(await run('sync', 'far')).toMatchObject({ code: 0, stderr: '' });
		await atNear.query("INSERT INTO item VALUES (4, 'four')");
		await run('sync', 'near');
		expect(await logged(atHub)).toBe(1);
	});

	it('is not one of the very pair, nor one that nobody knows', async () => {
		const { run } = await hubWithTwoSites();
		expect(await run('forget', 'near', 'far')).toMatchObject({ code: 2 });
		await run('sync', 'near');
		expect(await run('forget', 'near', 'hub')).toMatchObject({
			code: 2,
			stderr: expect.stringContaining('hub is a node of this pair'),
		});
		expect(await run('forget', 'near', 'nobody')).toMatchObject({
			code: 2,
			stderr: expect.stringContaining('no log of the pair is retained for a node nobody'),
		});
		expect(await run('forget', 'near')).toMatchObject({ code: 2 });
	});
});

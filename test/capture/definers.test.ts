import type { Connection, RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { type Installation, installPair } from '../../source/engine/install/installation.ts';
import { closeBoth, openBoth } from '../../source/engine/shared/connections.ts';
import { type EnginePair, enginePair, errorsOf } from '../support/engine-pair.ts';
import { describeOn } from '../support/suites.ts';

async function definers(connection: Connection): Promise<string[]> {
	const [rows] = await connection.query<RowDataPacket[]>(
		`SELECT DISTINCT definer AS definer FROM information_schema.triggers
		WHERE event_object_schema = DATABASE()`,
	);
	return rows.map(({ definer }) => String(definer));
}

async function install(pair: EnginePair): Promise<Installation> {
	const connections = await openBoth(pair.config);
	return installPair(connections, pair.config, null, true).finally(() => closeBoth(connections));
}

describeOn(['mariadb', 'mysql'], 'triggers whose account was dropped', () => {
	it('are replaced on request, without missing a change', async () => {
		const pair = await enginePair(
			{ local: 'mariadb', cloud: 'mysql' },
			{
				schema: [
					'CREATE TABLE item (id INT PRIMARY KEY)',
					'CREATE TABLE line (id INT PRIMARY KEY, item INT, FOREIGN KEY (item) REFERENCES item (id) ON DELETE CASCADE)',
				],
			},
		);
		const own = { local: pair.config.local.user, cloud: pair.config.cloud.user };
		const passwords = { local: pair.config.local.password, cloud: pair.config.cloud.password };
		const gone = `gone_${pair.local.name.slice(-8)}`;
		for (const side of ['local', 'cloud'] as const) {
			const { connection, name } = pair[side];
			await connection.query(`CREATE USER ${gone}@'127.0.0.1' IDENTIFIED BY 'pass'`);
			await connection.query(`GRANT ALL ON ${name}.* TO ${gone}@'127.0.0.1'`);
			// With a binary log nobody else may create triggers.
			await connection.query(`GRANT SUPER ON *.* TO ${gone}@'127.0.0.1'`);
			Object.assign(pair.config[side], { user: gone, password: 'pass' });
		}
		expect((await pair.sync()).unsettled).toEqual([]);
		for (const side of ['local', 'cloud'] as const) {
			expect(await definers(pair[side].connection)).toEqual([`${gone}@127.0.0.1`]);
			Object.assign(pair.config[side], { user: own[side], password: passwords[side] });
		}
		// Another engine, under another account, leaves them alone.
		expect((await pair.sync()).said).toEqual([]);

		for (const side of ['local', 'cloud'] as const) {
			await pair[side].connection.query(`DROP USER ${gone}@'127.0.0.1'`);
		}
		await expect(pair.local.connection.query('INSERT INTO item VALUES (1)')).rejects.toMatchObject({
			errno: 1449,
		});
		const { local, cloud } = await install(pair);
		expect([local.installed, cloud.installed]).toEqual([
			['item', 'line'],
			['item', 'line'],
		]);
		await pair.local.connection.query('INSERT INTO item VALUES (1)');
		await pair.cloud.connection.query('INSERT INTO item VALUES (2)');
		expect(errorsOf(await pair.sync())).toEqual([]);
		expect(await pair.differences()).toEqual([]);
		expect((await install(pair)).local.installed).toEqual([]);
	});
});

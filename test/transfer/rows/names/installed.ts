import type { Connection, RowDataPacket } from 'mysql2/promise';
import { sides } from '../../../../source/config/types.ts';
import { installPair, uninstallPair } from '../../../../source/engine/install/installation.ts';
import { closeBoth, openBoth } from '../../../../source/engine/shared/connections.ts';
import type { EnginePair } from '../../../support/engine-pair.ts';

/** The triggers of a database, by name. */
async function triggersOf(connection: Connection): Promise<string[]> {
	const [rows] = await connection.query<RowDataPacket[]>('SHOW TRIGGERS');
	return rows.map(({ Trigger, Table }) => `${Table}: ${Trigger}`).sort();
}

/** Tables whose triggers a further installation does not leave as they are. */
export async function changedByInstalling(pair: EnginePair): Promise<string[]> {
	const read = () => Promise.all(sides.map((side) => triggersOf(pair[side].connection)));
	const before = await read();
	const connections = await openBoth(pair.config);
	const report = await installPair(connections, pair.config).finally(() => closeBoth(connections));
	const after = await read();
	return [
		...sides.flatMap((side) => [
			...report[side].installed,
			...report[side].failed.map(({ table, error }) => `${table}: ${error.message}`),
		]),
		...after.flat().filter((line) => !before.flat().includes(line)),
	];
}

/** What an uninstallation leaves of the program in the two databases. */
export async function leftByUninstalling(pair: EnginePair): Promise<string[]> {
	const connections = await openBoth(pair.config);
	const request = { table: null, dropLog: true };
	await uninstallPair(connections, pair.config, request).finally(() => closeBoth(connections));
	const left: string[] = [];
	for (const { connection } of [pair.local, pair.cloud]) {
		const [tables] = await connection.query<RowDataPacket[]>('SHOW TABLES');
		const names = tables.flatMap((row) => Object.values(row).map(String));
		left.push(...names.filter((name) => /^change_log(_|$)/.test(name)));
		left.push(...(await triggersOf(connection)));
	}
	return left;
}

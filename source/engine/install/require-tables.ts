import { readTriggers } from '../../capture/trigger-inventory.ts';
import { changeLogState } from '../../changelog/log/migrate.ts';
import { registerTable } from '../../changelog/tables/register.ts';
import { createMissingTables, missingTables } from '../../changelog/tables.ts';
import { type PairConfig, sides } from '../../config/types.ts';
import type { Connections } from '../shared/connections.ts';
import { notInstalled } from '../shared/not-installed.ts';
import { surveyBoth } from '../survey/survey.ts';
import { adoptExisting } from '../uptake/uptake.ts';
import { installPatience, withInstallLock } from './install-lock.ts';

/**
 * Makes sure that both ends have the tables that the engine keeps beside the change log. Both are
 * looked at before either is touched.
 * @param again whether they were there once: where every trigger is gone by now, somebody uninstalls
 * the pair, and drops the triggers first
 * @throws SyncError `foreign_change_log`; `not_installed` where they are missing and not to be created
 */
export async function requireOwnTables(
	connections: Connections,
	pair: PairConfig,
	again = false,
): Promise<void> {
	if (!(await lackOwnTables(connections, pair, again))) return;
	await withInstallLock(connections, pair, installPatience.engine, async () => {
		if (await lackOwnTables(connections, pair, again)) await createOwnTables(connections, pair);
	});
}

/** Whether some are to be created. @throws SyncError `not_installed` where some are missing, and are not */
async function lackOwnTables(
	connections: Connections,
	pair: PairConfig,
	again: boolean,
): Promise<boolean> {
	const looks = await Promise.all(
		sides.map(async (side) => ({
			side,
			missing: await missingTables(connections[side]),
			changeLog: await changeLogState(connections[side]),
		})),
	);
	const lacking = looks.filter(({ missing }) => missing.length > 0);
	for (const { side, missing, changeLog } of lacking) {
		const uninstalled = again && (await readTriggers(connections[side])).byTable.size === 0;
		if (pair.autoInstall && !uninstalled) continue;
		const what = changeLog === 'complete' ? (missing[0]?.name ?? null) : null;
		throw notInstalled(pair, side, what, what === null ? changeLog : 'missing');
	}
	return lacking.length > 0;
}

/**
 * Creates those that are missing on either side. Where only the register is new, the tables that have
 * their triggers already are entered in it.
 */
export async function createOwnTables(connections: Connections, pair: PairConfig): Promise<void> {
	let hadNoRegister = false;
	for (const side of sides) {
		const missing = await missingTables(connections[side]);
		if (missing.length === 0) continue;
		const isInstalled = (await changeLogState(connections[side])) === 'complete';
		if (isInstalled && missing.includes(registerTable)) hadNoRegister = true;
		await createMissingTables(connections[side]);
	}
	if (hadNoRegister) await adoptExisting(connections, pair, await surveyBoth(connections, pair));
}

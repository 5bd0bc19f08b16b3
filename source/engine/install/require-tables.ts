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
 * Makes sure that both sides have the own tables besides the change log. Both are read before either is
 * changed.
 * @param again true if they existed before: if all triggers are gone by now, somebody is uninstalling the
 *   pair, which drops triggers first
 * @param seconds to wait for another process that installs
 * @throws SyncError `foreign_change_log`; `not_installed` if they are missing and must not be created
 */
export async function requireOwnTables(
	connections: Connections,
	pair: PairConfig,
	again = false,
	seconds: number = installPatience.engine,
): Promise<void> {
	if (!(await lackOwnTables(connections, pair, again))) return;
	await withInstallLock(connections, pair, seconds, async () => {
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
 * Creates missing own tables on both sides. If only the register is new, registers the tables that already
 * have their triggers.
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

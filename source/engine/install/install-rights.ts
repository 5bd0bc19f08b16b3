/** Refuses triggers that would make writes of the application fail for lack of a right. */
import { rightsJudge } from '../../capture/trigger-rights.ts';
import type { PairConfig, Side } from '../../config/types.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import type { SyncError } from '../../errors.ts';
import { captureStateFinding } from '../api/capture-messages.ts';
import { errorFrom } from '../api/messages.ts';
import { grantCures, rightFacts } from '../survey/failing-writes.ts';
import type { SideSurvey } from '../survey/survey.ts';

/** The reason why triggers created by the user of a side could not work on tables; null if they could. */
export type TriggerDenial = (...tables: readonly TrackedTable[]) => SyncError | null;

export function installRights(pair: PairConfig, side: Side, survey: SideSurvey): TriggerDenial {
	const [own] = survey.definers;
	if (!own) return () => null;
	const { account } = own;
	const { database } = pair[side];
	const judge = rightsJudge(own, database);
	return (...tables) => {
		const lacking = tables.flatMap(judge);
		if (lacking.length === 0) return null;
		const cures = grantCures(lacking, { side, database, account, survey });
		const facts = { account, rights: rightFacts(lacking) };
		return errorFrom(
			'denied',
			captureStateFinding('trigger_rights_needed', { side }, facts, cures),
		);
	};
}

/** @throws SyncError `denied` if no trigger on any of the tables would work */
export function refuseWithoutRights(
	tables: readonly TrackedTable[],
	denialOf: TriggerDenial,
): void {
	if (tables.length === 0 || tables.some((table) => denialOf(table) === null)) return;
	const denial = denialOf(...tables);
	if (denial) throw denial;
}

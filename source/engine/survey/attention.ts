/** Tables that need attention because their capture was interrupted, as found by a look. */
import { captureStamp } from '../../capture/capture-stamp.ts';
import { uninstalled } from '../../changelog/tables/register.ts';
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import { programCommand } from '../../text/cures.ts';
import type { Finding } from '../../text/finding.ts';
import { captureStateFinding, installCures } from '../api/capture-messages.ts';
import { tablesToCompare } from './interruption-findings.ts';
import { interruptionsOf, lossOf } from './interruptions.ts';
import type { SideSurvey } from './survey.ts';

/** Findings about tables that need attention. Tables without triggers after `uninstall` are not included. */
export function needAttention(
	pair: PairConfig,
	surveys: Record<Side, SideSurvey | null>,
	tables: readonly TablePair[],
): Finding[] {
	return [
		...sides.flatMap((side) => interruptedOn(pair, side, surveys[side], tables)),
		...tablesToCompare(pair, surveys, tables),
	];
}

function interruptedOn(
	pair: PairConfig,
	side: Side,
	survey: SideSurvey | null,
	tables: readonly TablePair[],
): Finding[] {
	if (!survey) return [];
	const interruptionOf = interruptionsOf(survey);
	return tables.flatMap(({ name, sides: { local, cloud }, skippedReason }): Finding[] => {
		if (!local || !cloud || skippedReason !== null) return [];
		const here = (side === 'local' ? local : cloud).name;
		const why = interruptionOf(here);
		if (!why || survey.register?.get(here)?.captured === uninstalled) return [];
		const isCaptured = captureStamp(here, survey.place, survey.triggers) !== null;
		const at = { side, table: name };
		if (!isCaptured)
			return [
				captureStateFinding('triggers_missing', at, { why: lossOf(why) }, installCures(pair, name)),
			];
		return [
			captureStateFinding('triggers_replaced', at, {}, [
				{ command: programCommand('sync', pair.name) },
			]),
		];
	});
}

/** Tables that need attention because their capture was interrupted, as found by a look. */
import { captureStamp } from '../../capture/capture-stamp.ts';
import { uninstalled } from '../../changelog/tables/register.ts';
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import {
	type Attention,
	describeInterrupted,
	lossOf,
	otherTriggers,
	withoutTriggers,
} from './interruption-text.ts';
import { interruptionsOf } from './interruptions.ts';
import type { SideSurvey } from './survey.ts';

/** The tables, with the next step in words. Tables without triggers after `uninstall` are not included. */
export function needAttention(
	pair: PairConfig,
	surveys: Record<Side, SideSurvey | null>,
	tables: readonly TablePair[],
): Attention[] {
	return [
		...sides.flatMap((side) => interruptedOn(side, surveys[side], tables)),
		...describeInterrupted(pair, surveys, tables),
	];
}

function interruptedOn(
	side: Side,
	survey: SideSurvey | null,
	tables: readonly TablePair[],
): Attention[] {
	if (!survey) return [];
	const interruptionOf = interruptionsOf(survey);
	return tables.flatMap(({ name, sides: { local, cloud }, skippedReason }): Attention[] => {
		if (!local || !cloud || skippedReason !== null) return [];
		const here = (side === 'local' ? local : cloud).name;
		const why = interruptionOf(here);
		if (!why || survey.register?.get(here)?.captured === uninstalled) return [];
		const isCaptured = captureStamp(here, survey.place, survey.triggers) !== null;
		const words = isCaptured ? otherTriggers : withoutTriggers(name, lossOf(why));
		return [{ table: name, side, words }];
	});
}

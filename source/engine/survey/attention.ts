/** Which tables need a person because their capture was interrupted, as a look finds them. */
import { captureStamp } from '../../capture/capture-stamp.ts';
import { uninstalled } from '../../changelog/register.ts';
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

/** The tables, with what is to be done, in words. What `uninstall` has done needs nobody. */
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

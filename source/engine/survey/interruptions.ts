/** Finds tables whose capture was interrupted since the latest look: recreated, or without triggers. */
import { captureStamp, isContinued, isSamePlace } from '../../capture/capture-stamp.ts';
import { type Interruption, type NewTable, uninstalled } from '../../changelog/tables/register.ts';
import type { SideSurvey } from './survey.ts';

/** The triggers of a table as registered. */
export type Capture = Pick<NewTable, 'captured' | 'createdAt'>;

/** Returns a function that gives the current capture of a table. */
export function capturesOf(survey: SideSurvey): (table: string) => Capture {
	const createdAt = new Map(survey.tables.map((table) => [table.name, table.createdAt]));
	return (table) => ({
		captured: captureStamp(table, survey.place, survey.triggers),
		createdAt: createdAt.get(table) ?? null,
	});
}

/**
 * Returns a function that gives the reason why changes of a table may have been missed since the latest look.
 * It gives null if none were missed, if the table is not registered, or if its triggers are not visible.
 * ALTER TABLE changes the creation time too, so that time alone proves nothing; together with lost triggers
 * it indicates a recreated table.
 */
export function interruptionsOf(survey: SideSurvey): (table: string) => Interruption | null {
	const captureOf = capturesOf(survey);
	return (table) => {
		const known = survey.register?.get(table);
		if (!known || !survey.triggers.sees(table)) return null;
		const now = captureOf(table);
		if (known.captured === uninstalled) return 'gap';
		if (known.captured === null) return now.captured === null ? 'gap' : null;
		if (now.captured !== null && isContinued(known.captured, now.captured)) return null;
		// Each node of a cluster has its own times.
		if (!isSamePlace(known.captured, survey.place)) return now.captured === null ? 'gap' : null;
		return known.createdAt !== null && known.createdAt !== now.createdAt ? 'replaced' : 'gap';
	};
}

/** The same as the reason why a table has no triggers. */
export function lossOf(why: Interruption): 'recreated' | 'gone' {
	return why === 'replaced' ? 'recreated' : 'gone';
}

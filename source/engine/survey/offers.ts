/** Offers the statements that create tables which only one side has. */
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import { offerTables } from '../../database/definition/offer.ts';
import type { Translated } from '../../database/definition/translate.ts';
import { withCure } from '../../database/pairing/drift.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import { asSyncError } from '../../errors.ts';
import { oneLine } from '../../text/one-line.ts';
import { otherSide } from '../api/side-ids.ts';
import type { Connections } from '../shared/connections.ts';
import type { SideSurvey } from './survey.ts';

/** Translations by pair: translating a thousand tables takes a second. */
const translated = new WeakMap<PairConfig, Map<string, Translated>>();

/**
 * Adds to each table that a side lacks the statement that creates it there: the complete definition as the
 * server of that side understands it, and the parts that it does not support.
 */
export async function offerMissing(
	connections: Connections,
	pair: PairConfig,
	tables: readonly TablePair[],
	surveys: Record<Side, SideSurvey>,
): Promise<TablePair[]> {
	const reasons = new Map<TablePair, string>();
	for (const side of sides) {
		const missing = tables.filter(({ missingOn }) => missingOn === side);
		if (missing.length === 0) continue;
		for (const [table, reason] of await offersFor(connections, pair, side, missing, surveys)) {
			reasons.set(table, reason);
		}
	}
	if (reasons.size === 0) return [...tables];
	return tables.map((table) => {
		const reason = reasons.get(table);
		return reason === undefined ? table : { ...table, skippedReason: oneLine(reason) };
	});
}

async function offersFor(
	connections: Connections,
	pair: PairConfig,
	missingOn: Side,
	missing: readonly TablePair[],
	surveys: Record<Side, SideSurvey>,
): Promise<Map<TablePair, string>> {
	const other = otherSide(missingOn);
	const before = translated.get(pair) ?? new Map<string, Translated>();
	translated.set(pair, before);
	const byName = new Map(surveys[other].tables.map((table) => [table.name, table]));
	const known = missing.flatMap((pairTable) => {
		const table = byName.get(pairTable.sides[other]?.name ?? pairTable.name);
		return table ? [{ pairTable, table }] : [];
	});
	const reasons = new Map<TablePair, string>();
	try {
		const offers = await offerTables(
			connections[other],
			connections[missingOn],
			known.map(({ table }) => table),
			surveys[missingOn].tables,
			before,
		);
		for (const { pairTable, table } of known) {
			const offer = offers.get(table);
			if (offer) reasons.set(pairTable, describeOffer(pairTable, missingOn, offer));
		}
	} catch (thrown) {
		const error = asSyncError(thrown);
		if (error.code === 'unreachable') throw error;
		for (const { pairTable } of known) {
			const words = `${pairTable.skippedReason}; its definition cannot be read: ${error.message}`;
			reasons.set(pairTable, words);
		}
	}
	return reasons;
}

function describeOffer(
	{ skippedReason }: TablePair,
	missingOn: Side,
	{ statement, refused, leftOut, required }: Translated,
): string {
	if (statement === null && refused.length === 0) return [skippedReason, ...required].join('; ');
	if (statement === null) {
		return `${skippedReason}, and it cannot be created there: ${refused.join(', ')}; leave it out of the pair with exclude_tables`;
	}
	const lacking =
		leftOut.length === 0 ? [] : [`differs from the other side: ${leftOut.join(', ')}`];
	return withCure([skippedReason, ...required, ...lacking].join('; '), missingOn, statement);
}

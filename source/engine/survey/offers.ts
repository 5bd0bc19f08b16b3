/** Offers the statements that create tables which only one side has. */
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import { offerTables } from '../../database/definition/offer.ts';
import type { Translated } from '../../database/definition/translate.ts';
import { type PairingFacts, pairingFinding } from '../../database/pairing/findings.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import { asSyncError } from '../../errors.ts';
import type { Cure } from '../../text/cures.ts';
import type { Finding } from '../../text/finding.ts';
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
	const reasons = new Map<TablePair, Finding>();
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
		return reason === undefined ? table : { ...table, skippedReason: reason };
	});
}

async function offersFor(
	connections: Connections,
	pair: PairConfig,
	missingOn: Side,
	missing: readonly TablePair[],
	surveys: Record<Side, SideSurvey>,
): Promise<Map<TablePair, Finding>> {
	const other = otherSide(missingOn);
	const before = translated.get(pair) ?? new Map<string, Translated>();
	translated.set(pair, before);
	const byName = new Map(surveys[other].tables.map((table) => [table.name, table]));
	const known = missing.flatMap((pairTable) => {
		const table = byName.get(pairTable.sides[other]?.name ?? pairTable.name);
		return table ? [{ pairTable, table }] : [];
	});
	const reasons = new Map<TablePair, Finding>();
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
			if (offer) reasons.set(pairTable, offered(pairTable, missingOn, offer));
		}
	} catch (thrown) {
		const error = asSyncError(thrown);
		if (error.code === 'unreachable') throw error;
		for (const { pairTable } of known) {
			const facts = { ...nothingOffered, unreadable: error.message };
			reasons.set(pairTable, withOffer(pairTable, missingOn, facts));
		}
	}
	return reasons;
}

type Offer = Omit<PairingFacts['table_missing'], 'hiddenFrom'>;

/** The finding about a missing table before its definition is read. */
const nothingOffered: Offer = { required: [], leftOut: [], impossible: [], unreadable: null };

function offered(
	table: TablePair,
	side: Side,
	{ statement, refused, leftOut, required }: Translated,
): Finding {
	const facts = { ...nothingOffered, required, leftOut, impossible: refused };
	const cures = statement === null ? [] : [{ side, sql: statement }];
	return withOffer(table, side, facts, cures);
}

/** The finding that a table is missing, with what else is known now. */
function withOffer(
	{ name, skippedReason }: TablePair,
	side: Side,
	offer: Offer,
	cures: readonly Cure[] = [],
): Finding {
	const known = skippedReason?.facts as PairingFacts['table_missing'] | undefined;
	const hiddenFrom = known?.hiddenFrom ?? null;
	return pairingFinding('table_missing', { side, table: name }, { hiddenFrom, ...offer }, cures);
}

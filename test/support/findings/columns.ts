/** Findings for screens and commands that need some. */
import { pairingFinding } from '../../../source/database/pairing/findings.ts';
import type { Finding } from '../../../source/text/finding.ts';

/** A column is missing on the cloud. */
export function columnMissing(table: string, column: string, sql: string): Finding {
	const facts = { columns: [column], unsupported: null, hiddenFrom: null };
	return pairingFinding('columns_missing', { side: 'cloud', table }, facts, [
		{ side: 'cloud', sql },
	]);
}

/** A column of the cloud would round values. */
export function columnRounds(table: string, column: string, sql: string): Finding {
	const types = { local: 'decimal(9,3)', cloud: 'decimal(9,2)' };
	const facts = { column, types, needsCommonType: false };
	return pairingFinding('column_changes_values', { side: 'cloud', table }, facts, [
		{ side: 'cloud', sql },
	]);
}

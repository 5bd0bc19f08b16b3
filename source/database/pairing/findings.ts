/** What is found when the tables of two ends are matched: the codes and the facts of each. */
import type { Side } from '../../config/types.ts';
import { findingsOf } from '../../text/finding.ts';
import type { UnfitFacts } from '../rows/unfit.ts';

/** The type of a column on each side, as far as it matters. */
interface DifferentColumn {
	column: string;
	types: Record<Side, string>;
}

/** How a key column compares on each side: a character set, a collation or an expression. */
interface DifferentKeyColumn {
	column: string;
	local: string;
	cloud: string;
}

export type PairingFacts = UnfitFacts & {
	names_differ_in_case: { names: string[] };
	/** The table is missing on `side`, where it is not called otherwise. */
	table_missing: {
		/** The user that may not see every table there. */
		hiddenFrom: string | null;
		/** What has to be done before it can be created there. */
		required: string[];
		/** How it would differ there. */
		leftOut: string[];
		/** Why it cannot be created there. */
		impossible: string[];
		/** Why its definition could not be read. */
		unreadable: string | null;
	};
	/** The table was renamed on one side only, and is missing under its name on `side`. */
	table_renamed: { renamedOn: Side; otherName: string };
	primary_keys_differ: {
		local: string[];
		cloud: string[];
		/** A key column that the cloud's server does not allow in a primary key. */
		generated: string | null;
	};
	key_character_sets_differ: DifferentKeyColumn;
	key_collations_differ: DifferentKeyColumn;
	key_columns_computed_differently: DifferentKeyColumn;
	columns_missing: {
		columns: string[];
		/** A type among theirs that the server of `side` does not have. */
		unsupported: string | null;
		hiddenFrom: string | null;
	};
	column_generated: { column: string };
	/** The server of `side` refuses rows with values that do not fit. */
	column_too_narrow: DifferentColumn & { needsCommonType: boolean };
	/** It would change values, so that no rows are carried there. */
	column_changes_values: DifferentColumn & { needsCommonType: boolean };
	column_kinds_differ: DifferentColumn & { curable: boolean };
	rights_missing_to_read: { account: string; rights: string[] };
	rights_missing_to_write: { account: string; rights: string[] };
	/** Keys and foreign keys that `side` lacks. */
	keys_missing: {
		keys: string[];
		/** Whether `side` accepts rows that the other side refuses. */
		accepts: boolean;
	};
};

export const pairingFinding = findingsOf<PairingFacts>();

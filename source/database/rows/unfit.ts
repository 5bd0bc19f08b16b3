/** Why a table cannot be captured on one end. */
import { findingsOf, type NoFacts } from '../../text/finding.ts';

export type UnfitFacts = {
	/** The database has no such table. */
	no_table: NoFacts;
	own_table: NoFacts;
	not_a_base_table: NoFacts;
	/** Another session defines it at this moment, so that the catalogue tells nothing of it. */
	table_being_altered: NoFacts;
	no_primary_key: NoFacts;
	not_innodb: { engine: string | null };
	key_of_prefix: NoFacts;
	/** Columns of the key are hidden from the user, as all may be. */
	key_hidden: NoFacts;
	/** Values of the column cannot be written exactly. */
	key_column_inexact: { column: string; type: string };
	key_column_unsupported: { column: string; type: string };
};

export const unfitFinding = findingsOf<UnfitFacts>();

/** Why a table cannot be captured on one end. */
import { findingsOf } from '../../text/finding.ts';

type Nothing = Record<never, never>;

export type UnfitFacts = {
	/** The database has no such table. */
	no_table: Nothing;
	own_table: Nothing;
	not_a_base_table: Nothing;
	/** Another session defines it at this moment, so that the catalogue tells nothing of it. */
	table_being_altered: Nothing;
	no_primary_key: Nothing;
	not_innodb: { engine: string | null };
	key_of_prefix: Nothing;
	/** Columns of the key are hidden from the user, as all may be. */
	key_hidden: Nothing;
	/** Values of the column cannot be written exactly. */
	key_column_inexact: { column: string; type: string };
	key_column_unsupported: { column: string; type: string };
};

export const unfitFinding = findingsOf<UnfitFacts>();

/** The context of translating a table's definition. */
import type { Table } from '../catalogue/catalogue.ts';
import type { ServerInfo } from '../connection/session.ts';
import { type KnownCollations, nearestCollation } from './collations.ts';
import { type Token, tokenize } from './tokens.ts';

/** The server that a definition is translated for. */
export interface Target extends KnownCollations, Pick<ServerInfo, 'product' | 'version'> {
	/** Its existing tables. */
	tables: readonly Table[];
	/** True if the server can evaluate an expression over a table's columns. */
	knows: (expression: readonly Token[], from: Table) => boolean;
	/** The tables that can be created there before a table. */
	comingBefore: (table: Table) => readonly Table[];
	/** True if another table there has, or gets, a constraint with the name of one of this table's. */
	isNameTaken: (name: string, of: Table) => boolean;
}

/** The context of translating one definition. */
export interface Translation {
	from: Table;
	to: Target;
	/** True if both servers are of one product. */
	same: boolean;
	/** Columns whose JSON text the other server does not keep verbatim. */
	rewritten: string[];
	/** The columns of each period, by its name. */
	periods: ReadonlyMap<string, { start: string; end: string }>;
	/** Records what the other server lacks, or has in a different form. */
	leaveOut: (what: string) => void;
	/** Records what must be done first. */
	require: (what: string) => void;
}

/** The nearest collation of the target, recorded if it is a different one. */
export function collationFor(
	{ to, leaveOut }: Translation,
	collation: string,
	where: string,
): string | null {
	const nearest = nearestCollation(collation, to);
	if (nearest === null) leaveOut(`the collation ${collation}${where}`);
	else if (nearest !== collation.toLowerCase()) {
		leaveOut(`the collation ${collation}${where} (${nearest} instead)`);
	}
	return nearest;
}

/** SQL text as tokens. */
export function asWords(sql: string): Token[] {
	return tokenize(` ${sql}`);
}

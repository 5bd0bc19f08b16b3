/** What is at hand while the definition of a table is translated for another server. */
import type { Table } from '../catalogue/catalogue.ts';
import type { ServerInfo } from '../connection/session.ts';
import { type KnownCollations, nearestCollation } from './collations.ts';
import { type Token, tokenize } from './tokens.ts';

/** What a definition is translated for. */
export interface Target extends KnownCollations, Pick<ServerInfo, 'product' | 'version'> {
	/** The tables that stand there. */
	tables: readonly Table[];
	/** Whether the server can evaluate an expression over the columns of a table. */
	knows: (expression: readonly Token[], from: Table) => boolean;
	/** The tables that can be created there before a table is. */
	comingBefore: (table: Table) => readonly Table[];
	/** Whether another table there has, or gets, a constraint of the name of one of this table. */
	isNameTaken: (name: string, of: Table) => boolean;
}

/** What is at hand while one definition is translated. */
export interface Translation {
	from: Table;
	to: Target;
	/** Whether the two servers are of one product. */
	same: boolean;
	/** Columns whose JSON the other server does not keep as it is written. */
	rewritten: string[];
	/** The columns of each period, by its name. */
	periods: ReadonlyMap<string, { start: string; end: string }>;
	/** Notes what the other server cannot have, or has otherwise. */
	leaveOut: (what: string) => void;
	/** Says what has to be done beforehand. */
	require: (what: string) => void;
}

/** The nearest collation that the target has, with a note where it is another one. */
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

/** Words as tokens. */
export function asWords(sql: string): Token[] {
	return tokenize(` ${sql}`);
}

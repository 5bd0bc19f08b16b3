/** What is at hand while the definition of a table is translated for another server. */
import type { Table } from '../catalogue/catalogue.ts';
import type { ServerInfo } from '../connection/session.ts';
import { type KnownCollations, nearestCollation } from './collations.ts';
import { type Token, tokenize } from './tokens.ts';

/** What a definition is translated for. */
export interface Target extends KnownCollations, Pick<ServerInfo, 'product' | 'version'> {
	/** The tables that stand there. */
	tables: readonly Table[];
	/** Whether the server can work an expression out. */
	knows: (expression: readonly Token[]) => boolean;
}

/** What is at hand while one definition is translated. */
export interface Translation {
	from: Table;
	to: Target;
	/** Whether the two servers are of one product. */
	same: boolean;
	/** Notes what the other server cannot have, or has otherwise. */
	leaveOut: (what: string) => void;
	/** Says why the table cannot be created there at all. */
	refuse: (why: string) => void;
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
export function words(sql: string): Token[] {
	return tokenize(` ${sql}`);
}

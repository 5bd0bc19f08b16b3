/** Foreign keys and checks in the words of the other server. */
import type { Table } from '../catalogue/catalogue.ts';
import { isReferable } from '../catalogue/referable.ts';
import type { DefinedConstraint } from './parse.ts';
import {
	afterBracket,
	indexOfWords,
	render,
	splitAtCommas,
	type Token,
	unquoted,
	without,
} from './tokens.ts';
import type { Translation } from './translation.ts';

/** @returns null where the other server cannot have it */
export function translateConstraint(
	translation: Translation,
	constraint: DefinedConstraint,
): DefinedConstraint | null {
	const translated =
		constraint.kind === 'FOREIGN KEY'
			? translateForeignKey(translation, constraint)
			: translateCheck(translation, constraint);
	return translated && withFreeName(translation, translated);
}

/** Names of constraints are those of one table, or of a whole database: another table may have it there. */
function withFreeName(
	{ from, to, leaveOut }: Translation,
	constraint: DefinedConstraint,
): DefinedConstraint {
	const name = constraint.name && unquoted(constraint.name);
	// Of a CHECK it is that of one table on MariaDB.
	if (constraint.kind === 'CHECK' && to.product === 'mariadb') return constraint;
	if (name === null || !to.isNameTaken(name, from)) return constraint;
	leaveOut(`the name ${name} of a constraint, which another table has`);
	return { ...constraint, name: null };
}

function translateCheck(
	{ same, from, to, leaveOut }: Translation,
	constraint: DefinedConstraint,
): DefinedConstraint | null {
	if (constraint.kind === 'PERIOD') {
		if (same) return constraint;
		leaveOut(render(constraint.tokens));
		return null;
	}
	let { tokens } = constraint;
	const off = indexOfWords(tokens, 'NOT ENFORCED');
	const close = afterBracket(tokens, 1);
	if (off >= 0 && to.product === 'mariadb') {
		leaveOut(`${render(tokens)}, which MariaDB would enforce`);
		return null;
	}
	if (!to.knows(tokens.slice(1, close), from)) {
		leaveOut(render(tokens));
		return null;
	}
	if (same) return constraint;
	if (indexOfWords(tokens, 'ENFORCED') >= 0 && off < 0)
		tokens = without(tokens, indexOfWords(tokens, 'ENFORCED'), 1);
	// The names that MariaDB gives are those of one table, and MySQL's of the whole database.
	const isGiven = constraint.name !== null && /^CONSTRAINT_\d+$/.test(unquoted(constraint.name));
	return { ...constraint, name: isGiven ? null : constraint.name, tokens };
}

function translateForeignKey(
	{ to, from, leaveOut, require }: Translation,
	constraint: DefinedConstraint,
): DefinedConstraint | null {
	const { tokens } = constraint;
	const references = indexOfWords(tokens, 'REFERENCES');
	const named = tokens[references + 1];
	if (references < 0 || !named) return constraint;
	const parent = unquoted(named);
	const elsewhere = tokens[references + 2]?.text === '.';
	if (elsewhere) {
		leaveOut(`${render(tokens)}, which refers to another database`);
		return null;
	}
	if (parent.toLowerCase() === from.name.toLowerCase()) return constraint;
	const isParent = ({ name }: Table) => name.toLowerCase() === parent.toLowerCase();
	const present = to.tables.find(isParent);
	const table = present ?? to.comingBefore(from).find(isParent);
	if (!table) {
		leaveOut(`${render(tokens)}, to be added once ${parent} exists there`);
		return null;
	}
	const open = references + 2;
	const columns = splitAtCommas(tokens.slice(open + 1, afterBracket(tokens, open) - 1)).flatMap(
		([first]) => (first ? [unquoted(first)] : []),
	);
	if (isReferable({ ...table, product: to.product, version: to.version }, columns)) {
		if (!present) require(`create ${parent} first, which it refers to`);
		return withName(constraint, named, table.name);
	}
	leaveOut(`${render(tokens)}: ${parent} has no matching key there`);
	return null;
}

/** Spelled as it is there: names may differ in case. */
function withName(constraint: DefinedConstraint, named: Token, name: string): DefinedConstraint {
	const text = `\`${name.replaceAll('`', '``')}\``;
	const tokens = constraint.tokens.map((token) => (token === named ? { ...token, text } : token));
	return { ...constraint, tokens };
}

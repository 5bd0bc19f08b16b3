/** Foreign keys and checks in the words of the other server. */
import type { Table } from '../catalogue/catalogue.ts';
import type { DefinedConstraint } from './parse.ts';
import {
	afterBracket,
	placeOf,
	render,
	splitAtCommas,
	type Token,
	unquoted,
	without,
} from './tokens.ts';
import type { Target, Translation } from './translation.ts';

/** @returns null where the other server cannot have it */
export function translateConstraint(
	translation: Translation,
	constraint: DefinedConstraint,
): DefinedConstraint | null {
	if (constraint.kind === 'FOREIGN KEY') return translateForeignKey(translation, constraint);
	const { same, to, leaveOut } = translation;
	if (same) return constraint;
	if (constraint.kind === 'PERIOD') {
		leaveOut(render(constraint.tokens));
		return null;
	}
	let { tokens } = constraint;
	const off = placeOf(tokens, 'NOT ENFORCED');
	const close = afterBracket(tokens, 1);
	if (off >= 0 && to.product === 'mariadb') {
		leaveOut(`${render(tokens)}, which MariaDB would enforce`);
		return null;
	}
	if (!to.knows(tokens.slice(1, close))) {
		leaveOut(render(tokens));
		return null;
	}
	if (placeOf(tokens, 'ENFORCED') >= 0 && off < 0)
		tokens = without(tokens, placeOf(tokens, 'ENFORCED'), 1);
	// The names that MariaDB gives are those of one table, and MySQL's of the whole database.
	const isGiven = constraint.name !== null && /^CONSTRAINT_\d+$/.test(unquoted(constraint.name));
	return { ...constraint, name: isGiven ? null : constraint.name, tokens };
}

function translateForeignKey(
	{ to, from, leaveOut, require }: Translation,
	constraint: DefinedConstraint,
): DefinedConstraint | null {
	const { tokens } = constraint;
	const references = placeOf(tokens, 'REFERENCES');
	const named = tokens[references + 1];
	if (references < 0 || !named) return constraint;
	const parent = unquoted(named);
	const elsewhere = tokens[references + 2]?.text === '.';
	if (elsewhere) {
		leaveOut(`${render(tokens)}, which refers to another database`);
		return null;
	}
	if (parent.toLowerCase() === from.name.toLowerCase()) return constraint;
	const table = to.tables.find(({ name }) => name.toLowerCase() === parent.toLowerCase());
	if (!table) {
		require(`create ${parent} first, which it refers to`);
		return constraint;
	}
	const open = references + 2;
	const columns = splitAtCommas(tokens.slice(open + 1, afterBracket(tokens, open) - 1)).flatMap(
		([first]) => (first ? [unquoted(first)] : []),
	);
	if (isReferable(table, columns, to)) return withName(constraint, named, table.name);
	leaveOut(`${render(tokens)}: ${parent} has no matching key there`);
	return null;
}

/** Spelled as it is there: names may differ in case. */
function withName(constraint: DefinedConstraint, named: Token, name: string): DefinedConstraint {
	const text = `\`${name.replaceAll('`', '``')}\``;
	const tokens = constraint.tokens.map((token) => (token === named ? { ...token, text } : token));
	return { ...constraint, tokens };
}

/** Whether a foreign key can refer to the columns: MySQL wants a whole unique key since 8.4. */
function isReferable(
	{ primaryKey, uniqueKeys, indexes }: Table,
	columns: readonly string[],
	{ product, version }: Target,
): boolean {
	const wanted = columns.map((name) => name.toLowerCase());
	const [major = 0, minor = 0] = version.split('.').map(Number);
	const strict = product === 'mysql' && (major > 8 || (major === 8 && minor >= 4));
	const unique = [
		primaryKey,
		...uniqueKeys.map(({ parts }) =>
			parts.map((part) => ('column' in part && part.prefix === null ? part.column : '')),
		),
	];
	const all = strict
		? unique
		: [
				...unique,
				...indexes.map(({ parts }) =>
					parts.map((part) => ('column' in part && part.prefix === null ? part.column : '')),
				),
			];
	return all.some((key) => {
		const names = key.map((name) => name.toLowerCase());
		return strict
			? names.length === wanted.length && wanted.every((name) => names.includes(name))
			: wanted.every((name, index) => names[index] === name);
	});
}

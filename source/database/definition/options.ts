/** Translates a table's options and partitions for the other server. */
import { afterBracket, render, startsWith, type Token, without } from './tokens.ts';
import { asWords, collationFor, type Translation } from './translation.ts';

/** Options that both servers have with the same meaning. */
const shared =
	/^(ENGINE|AUTO_INCREMENT|CHARSET|COLLATE|ROW_FORMAT|COMMENT|STATS_PERSISTENT|STATS_AUTO_RECALC|STATS_SAMPLE_PAGES|KEY_BLOCK_SIZE|MIN_ROWS|MAX_ROWS|AVG_ROW_LENGTH|CHECKSUM|DELAY_KEY_WRITE|PACK_KEYS)$/i;

interface Option {
	name: string;
	tokens: Token[];
	value: string;
}

export function translateOptions(translation: Translation, tokens: readonly Token[]): Token[] {
	const { same, to, from, leaveOut } = translation;
	const options = parseOptions(tokens);
	const known = options.filter(
		({ name, tokens: written }) => (same || shared.test(name)) && !isOfMachine(written),
	);
	for (const option of options) {
		if (!known.includes(option)) leaveOut(`the option ${render(option.tokens)}`);
	}
	const hasCollation = known.some(({ name }) => /^COLLATE$/i.test(name));
	return known.flatMap(({ name, value, tokens: written }) => {
		if (/^CHARSET$/i.test(name)) {
			if (to.characterSets.has(value)) {
				const [text] = from.columns.filter(({ characterSet }) => characterSet === value);
				const collation = hasCollation ? null : text?.collation;
				return collation ? [...written, ...asWords(`COLLATE=${collation}`)] : written;
			}
			leaveOut(`the character set ${value} (utf8mb4 instead)`);
			return asWords('DEFAULT CHARSET=utf8mb4');
		}
		if (!/^COLLATE$/i.test(name)) return written;
		const collation = collationFor(translation, value, '');
		return collation === null ? [] : asWords(`COLLATE=${collation}`);
	});
}

/** Directories and tablespaces belong to one machine. */
function isOfMachine(option: readonly Token[]): boolean {
	return (
		/^(DATA|INDEX) DIRECTORY/i.test(render(option)) ||
		(startsWith(option, 'TABLESPACE') && !/innodb_(file_per_table|system)/i.test(render(option)))
	);
}

function parseOptions(tokens: readonly Token[]): Option[] {
	const options: Option[] = [];
	let start = 0;
	while (start < tokens.length) {
		if (startsWith(tokens, 'WITH SYSTEM VERSIONING', start)) {
			const end = start + 3;
			options.push({ name: 'SYSTEM VERSIONING', tokens: tokens.slice(start, end), value: '' });
			start = end;
			continue;
		}
		const equal = tokens.findIndex(({ text }, index) => index >= start && text === '=');
		const nameAt = equal < 0 ? tokens.length - 1 : equal - 1;
		const valueAt = equal < 0 ? tokens.length : equal + 1;
		const end =
			tokens[valueAt]?.text === '('
				? afterBracket(tokens, valueAt)
				: Math.min(valueAt + 1, tokens.length);
		options.push({
			name: tokens[nameAt]?.text ?? '',
			tokens: tokens.slice(start, end),
			value: tokens[valueAt]?.text.toLowerCase() ?? '',
		});
		start = end;
	}
	return options;
}

export function translatePartitions(
	{ same, to, leaveOut }: Translation,
	tokens: readonly Token[],
): Token[] {
	if (tokens.length === 0) return [];
	const onlyMariadb =
		startsWith(tokens, 'PARTITION BY SYSTEM_TIME') ||
		tokens.some(
			(token, index) => /^PARTITION$/i.test(token.text) && startsWith(tokens, 'DEFAULT', index + 2),
		);
	if (!same && to.product === 'mysql' && onlyMariadb) {
		leaveOut(`the partitions: ${render(tokens)}`);
		return [];
	}
	let rest = [...tokens];
	for (const option of ['TABLESPACE =', 'DATA DIRECTORY =', 'INDEX DIRECTORY =']) {
		const length = option.split(' ').length + 1;
		for (;;) {
			const place = rest.findIndex((_, index) => startsWith(rest, option, index));
			if (place < 0) break;
			leaveOut(`${render(rest.slice(place, place + length))} of a partition`);
			rest = without(rest, place, length);
		}
	}
	return rest;
}

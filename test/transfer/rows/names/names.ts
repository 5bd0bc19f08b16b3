/** Names that servers allow and programs stumble over. Both servers forbid characters beyond U+FFFF. */
export const oddNames: readonly string[] = [
	'two words',
	' in front',
	"it's",
	'say "hi"',
	'back`tick',
	'`',
	'a.b.c',
	'a;b',
	'what?',
	'??',
	'back\\slash',
	"\\' OR 1 = 1",
	'100%_',
	'-- comment',
	'/* comment */',
	'#hash',
	'comma, (bracket)',
	'line\nbreak',
	'a\ttab',
	'a/b',
	'$1 :y @z {x}',
	'2024',
	'1e5',
	'select',
	'VALUES',
	'new',
	'größe',
	'注文',
	'Заказ',
	'ﷺ\u200bnothing',
	'ж'.repeat(64),
	`${'long_'.repeat(12)}abcd`,
	`${'long_'.repeat(12)}abce`,
	'r',
	't',
	't0',
	'change_log x',
	'0',
];

/** The name that many places after another, from the front again at the end. */
export function nameAt(index: number): string {
	const name = oddNames[index % oddNames.length];
	if (name === undefined) throw new RangeError(`no name ${index}`);
	return name;
}

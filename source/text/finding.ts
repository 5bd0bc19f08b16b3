/**
 * A finding: one thing that a person should know, as data. It is made where the fact is found, and put
 * into words by the messages module of its room, so that the screen, the commands and the log say the
 * same. Plain values only: findings cross the thread boundary.
 */
import { type Cure, cureText } from './cures.ts';
import { oneLine } from './one-line.ts';
import { sentences } from './words.ts';

export interface Finding<Code extends string = string, Facts extends object = object> {
	/** Stable, in snake_case. */
	code: Code;
	/** The side concerned; null for both or neither. */
	side: 'local' | 'cloud' | null;
	table: string | null;
	facts: Facts;
	/** Ways to put it right, the recommended one first. */
	cures: readonly Cure[];
}

/** Of a code that says it all. */
export type NoFacts = Record<never, never>;

/** Where something was found. */
type FoundAt = Partial<Pick<Finding, 'side' | 'table'>>;

/** The facts of the findings of a room, by code. */
type FactsByCode<All> = { [Code in keyof All]: object };

/** The message of a finding, and advice beyond its cures. Neither names the table. */
export type Words = string | readonly [what: string, advice: string];

/** The words for each code of a room. */
export type MessagesOf<All extends FactsByCode<All>> = {
	[Code in keyof All & string]: (facts: All[Code], finding: Finding) => Words;
};

/** Makes the findings of a room: only its codes, each with its own facts. */
export function findingsOf<All extends FactsByCode<All>>() {
	return <Code extends keyof All & string>(
		code: Code,
		{ side = null, table = null }: FoundAt,
		facts: All[Code],
		cures: readonly Cure[] = [],
	): Finding<Code, All[Code]> => ({ code, side, table, facts, cures });
}

/** Findings, each once. */
export class FindingSet {
	readonly #byValue = new Map<string, Finding>();

	add(...findings: readonly Finding[]): void {
		for (const finding of findings) this.#byValue.set(JSON.stringify(finding), finding);
	}

	get all(): Finding[] {
		return [...this.#byValue.values()];
	}
}

/** The messages of any room. */
export type Messages = Readonly<Record<string, (facts: never, finding: Finding) => Words>>;

/** The message and the advice of a finding, separately. */
export function wordsOf(messages: Messages, finding: Finding): { what: string; advice: string } {
	const render = messages[finding.code] as ((facts: object, finding: Finding) => Words) | undefined;
	if (!render) throw new TypeError(`no message for ${finding.code}`);
	const words = render(finding.facts, finding);
	const [what, advice] = typeof words === 'string' ? [words, ''] : words;
	return { what: oneLine(what), advice: oneLine(advice) };
}

/** The same in one text, without the cures. */
export function factText(messages: Messages, finding: Finding): string {
	const { what, advice } = wordsOf(messages, finding);
	return sentences(what, advice);
}

/** Describes a finding and its fix, in one line that ends with a statement if there is one. */
export function findingText(messages: Messages, finding: Finding): string {
	return sentences(factText(messages, finding), cureText(finding.cures));
}

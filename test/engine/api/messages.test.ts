import { expect, it } from 'vitest';
import { errorFrom, lineOf, messages } from '../../../source/engine/api/messages.ts';
import { copyableCure } from '../../../source/text/cures.ts';
import { findingText } from '../../../source/text/finding.ts';
import { sentences } from '../../../source/text/words.ts';
import { findingExamples } from '../../support/findings/all.ts';

const named = findingExamples.map((each) => [each.finding.code, each] as const);

it('every code has an example', () => {
	const codes = new Set(findingExamples.map(({ finding }) => finding.code));
	expect(Object.keys(messages).filter((code) => !codes.has(code))).toEqual([]);
});

it.each(named)('%s reads as it should, its statement last', (_code, { finding, line, copies }) => {
	expect(lineOf(finding)).toBe(line);
	expect(line.endsWith(findingText(messages, finding))).toBe(true);
	expect(copyableCure(finding.cures)?.text ?? null).toBe(copies);
});

it.each(named)('%s crosses threads as it is', (_code, { finding }) => {
	expect(structuredClone(finding)).toEqual(finding);
	expect(JSON.parse(JSON.stringify(finding))).toEqual(finding);
});

it('an error says the same, the cure on a line of its own', () => {
	for (const { finding } of findingExamples) {
		const error = errorFrom('denied', finding);
		expect(findingText(messages, finding)).toBe(sentences(error.message, error.hint));
		expect(error.at({ pair: 'shop' }).finding).toEqual(finding);
	}
});

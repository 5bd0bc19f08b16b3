/** What the examples of findings are made of. */
import type { Cure } from '../../../source/text/cures.ts';
import type { Finding } from '../../../source/text/finding.ts';

/** A finding, with the line that it is told by. */
export interface FindingExample {
	finding: Finding;
	/** What the log, `status` and `sync` say. */
	line: string;
	/** What `y` copies; null where there is no cure to copy. */
	copies: string | null;
}

/** Where findings are: a table of the cloud, a table of both sides, the cloud. */
export const item = { side: 'cloud', table: 'item' } as const;
export const both = { table: 'item' } as const;
export const cloud = { side: 'cloud' } as const;

export const alter = 'ALTER TABLE `item` …';

export function example(
	finding: Finding,
	line: string,
	copies: string | null = null,
): FindingExample {
	return { finding, line, copies };
}

/** A cure by a statement on the cloud. */
export function sql(statement: string, purpose?: Cure['purpose']): Cure {
	return { side: 'cloud', sql: statement, ...(purpose && { purpose }) };
}

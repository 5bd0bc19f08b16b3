import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest for what they are, for they wait for servers: begun last they would end alone. */
const longest = [
	'unfit-nodes',
	'transaction-limits',
	'unique-keys',
	'turns',
	'screen-pty',
	'statement-log',
	'definer-rights',
	'dropped-log',
	'hub',
	'conflicts',
	'output',
	'hostile',
	'model',
	'locks',
	'sessions',
	'cascades',
];

/** Starts the files that take longest first, and the others as vitest does: by what it knows of them. */
export class LongestFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const place = ({ moduleId }: TestSpecification) => {
			const found = longest.indexOf(basename(moduleId, '.test.ts'));
			return found < 0 ? longest.length : found;
		};
		return (await super.sort(files)).sort((a, b) => place(a) - place(b));
	}
}

/** A finding of every code, with the line that it is told by. */
import { captureExamples } from './capture.ts';
import type { FindingExample } from './example.ts';
import { pairingExamples, unfitExamples } from './pairing.ts';
import { rowsExamples } from './rows.ts';
import { runExamples } from './runs.ts';
import { logExamples, transferExamples } from './transfer.ts';

export const findingExamples: readonly FindingExample[] = [
	...unfitExamples,
	...pairingExamples,
	...logExamples,
	...transferExamples,
	...captureExamples,
	...rowsExamples,
	...runExamples,
];

import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** Writes how many tests passed and failed into the file named by TEST_SUMMARY, for `.ci/run`. */
export default class SummaryReporter implements Reporter {
	onTestRunEnd(modules: readonly TestModule[]): void {
		const path = process.env.TEST_SUMMARY;
		if (path === undefined) return;
		const count = (state: 'passed' | 'failed') =>
			modules.reduce((sum, module) => sum + [...module.children.allTests(state)].length, 0);
		writeFileSync(path, `${count('passed')} ${count('failed')}\n`);
	}
}

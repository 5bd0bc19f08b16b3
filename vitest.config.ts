import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

export default defineConfig({
	test: {
		environment: 'node',
		include: ['test/**/*.test.{ts,tsx}'],
		globalSetup: ['test/support/global-setup.ts'],
		reporters: [
			'default',
			'./test/support/missing-servers-reporter.ts',
			'./test/support/summary-reporter.ts',
		],
		pool: 'forks',
		// Files share the modules of their process: loading them again would take an eighth of the whole run.
		isolate: false,
		sequence: { sequencer: LongestFirst },
		// More than there are cores: the servers do the greater part of the work, and some tests wait for them.
		maxWorkers: 3,
		testTimeout: 60_000,
		hookTimeout: 120_000,
		teardownTimeout: 30_000,
	},
});

import { defineConfig } from 'vitest/config';

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
		// Beside the two servers, which do the greater part of the work.
		maxWorkers: 2,
		testTimeout: 60_000,
		hookTimeout: 120_000,
		teardownTimeout: 30_000,
	},
});

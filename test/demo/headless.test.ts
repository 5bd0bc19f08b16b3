import { expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import { describeOn } from '../support/suites.ts';

describeOn(['mariadb', 'mysql'], 'the demo without a terminal', () => {
	it('moves changes both ways, ends by itself, and finds both databases equal', async () => {
		const result = await runProgram(['demo', '--headless', '--seconds', '3']);
		expect(result.code).toBe(0);
		expect(result.stdout).toMatch(/^local and cloud: MariaDB \S+ and MySQL \S+$/m);
		expect(result.stdout).toMatch(/^local to cloud: [1-9][\d,]* changes? applied$/m);
		expect(result.stdout).toMatch(/^cloud to local: [1-9][\d,]* changes? applied$/m);
		expect(result.stdout.match(/ equal$/gm)).toHaveLength(8);
		expect(result.stdout).toMatch(/Both databases are equal\.\n$/);
	});
});

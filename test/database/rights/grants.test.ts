import { describe, expect, it } from 'vitest';
import { grantedTables, parseGrant } from '../../../source/database/rights/grants.ts';

const grants = (...lines: string[]) => lines.flatMap((line) => parseGrant(line) ?? []);

describe('the lines of SHOW GRANTS', () => {
	it.each([
		['GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION'],
		['GRANT SELECT, DELETE ON `shop`.* TO `sync`@`%`'],
		['GRANT DELETE ON `shop`.`item` TO `sync`@`%`'],
		['GRANT DELETE ON TABLE `shop`.`item` TO `sync`@`%`'],
		['GRANT SELECT (`a, DELETE`), DELETE, INSERT (`b`) ON `shop`.`item` TO `sync`@`%`'],
		['GRANT SELECT, INSERT, DELETE ON `sho_`.* TO `sync`@`%`'],
		['GRANT DELETE ON `s%`.* TO `sync`@`%`'],
		["GRANT ALL PRIVILEGES ON `shop`.* TO 'sync'@'%'"],
	])('give the right on a table: %s', (line) => {
		expect(grantedTables(grants(line), 'DELETE', 'shop')('item')).toBe(true);
	});

	it.each([
		["GRANT USAGE ON *.* TO `sync`@`%` IDENTIFIED BY PASSWORD '*00'"],
		['GRANT SELECT, INSERT ON `shop`.* TO `sync`@`%`'],
		['GRANT DELETE ON `shopping`.* TO `sync`@`%`'],
		['GRANT DELETE ON `sho\\_`.* TO `sync`@`%`'],
		['GRANT DELETE ON `shop`.`other` TO `sync`@`%`'],
		['GRANT DELETE HISTORY ON `shop`.* TO `sync`@`%`'],
		['GRANT SELECT (`a, DELETE`) ON `shop`.`item` TO `sync`@`%`'],
		['GRANT `delete` TO `sync`@`%`'],
	])('do not: %s', (line) => {
		expect(grantedTables(grants(line), 'DELETE', 'shop')('item')).toBe(false);
	});

	it('name one database where its wildcards are escaped', () => {
		const found = grants('GRANT DELETE ON `my\\_shop`.* TO `sync`@`%`');
		expect(grantedTables(found, 'DELETE', 'my_shop')('item')).toBe(true);
		expect(grantedTables(found, 'DELETE', 'myXshop')('item')).toBe(false);
	});

	it('take a right on all databases back for one, as MySQL can', () => {
		const found = grants(
			'GRANT SELECT, DELETE ON *.* TO `sync`@`%`',
			'REVOKE DELETE ON `shop`.* FROM `sync`@`%`',
		);
		expect(grantedTables(found, 'DELETE', 'shop')('item')).toBe(false);
		expect(grantedTables(found, 'SELECT', 'shop')('item')).toBe(true);
		expect(grantedTables(found, 'DELETE', 'other')('item')).toBe(true);
	});

	it('give a right on every table only where they name none', () => {
		expect(grantedTables(grants('GRANT DELETE ON `shop`.* TO `a`'), 'DELETE', 'shop')(null)).toBe(
			true,
		);
		const one = grants('GRANT DELETE ON `shop`.`item` TO `a`');
		expect(grantedTables(one, 'DELETE', 'shop')(null)).toBe(false);
	});
});

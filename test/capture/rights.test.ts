import { describe, expect, it } from 'vitest';
import { grantsTrigger } from '../../source/capture/rights.ts';

describe('a grant', () => {
	it.each([
		['GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION'],
		['GRANT SELECT, TRIGGER ON `shop`.* TO `sync`@`%`'],
		['GRANT TRIGGER ON `shop`.`item` TO `sync`@`%`'],
		['GRANT SELECT, INSERT, TRIGGER ON `sho_`.* TO `sync`@`%`'],
		['GRANT TRIGGER ON `s%`.* TO `sync`@`%`'],
		["GRANT ALL PRIVILEGES ON `shop`.* TO 'sync'@'%'"],
	])('lets triggers of shop be seen: %s', (grant) => {
		expect(grantsTrigger(grant, 'shop')).toBe(true);
	});

	it.each([
		["GRANT USAGE ON *.* TO `sync`@`%` IDENTIFIED BY PASSWORD '*00'"],
		['GRANT SELECT, INSERT ON `shop`.* TO `sync`@`%`'],
		['GRANT TRIGGER ON `shopping`.* TO `sync`@`%`'],
		['GRANT TRIGGER ON `sho\\_`.* TO `sync`@`%`'],
		['GRANT `trigger` TO `sync`@`%`'],
	])('does not: %s', (grant) => {
		expect(grantsTrigger(grant, 'shop')).toBe(false);
	});

	it('on a name with an escaped wildcard is for that name alone', () => {
		const grant = 'GRANT TRIGGER ON `my\\_shop`.* TO `sync`@`%`';
		expect(grantsTrigger(grant, 'my_shop')).toBe(true);
		expect(grantsTrigger(grant, 'myXshop')).toBe(false);
	});
});

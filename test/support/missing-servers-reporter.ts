import type { Reporter, TestModule, Vitest } from 'vitest/node';
import { productNames, products } from '../../source/demo/servers/product.ts';

/** Says, at the end of a run, which servers could not be had and how many tests that left out. */
export default class MissingServersReporter implements Reporter {
	#vitest: Vitest | undefined;

	onInit(vitest: Vitest): void {
		this.#vitest = vitest;
	}

	onTestRunEnd(modules: readonly TestModule[]): void {
		const servers = this.#vitest?.getRootProject().getProvidedContext().servers;
		if (servers === undefined) return;
		const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')]);
		for (const product of products) {
			const server = servers[product];
			if (!('missing' in server)) continue;
			const count = skipped.filter((test) => test.meta().servers?.includes(product)).length;
			const line = '!'.repeat(80);
			this.#vitest?.logger.error(
				`\n${line}\n${count} tests were SKIPPED: there was no ${productNames[product]} server.\n` +
					`${server.missing}\n${line}\n`,
			);
		}
	}
}

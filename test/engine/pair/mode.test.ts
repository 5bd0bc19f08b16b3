import { describe, expect, it } from 'vitest';
import type { PairConfig } from '../../../source/config/types.ts';
import { Mode } from '../../../source/engine/pair/mode.ts';
import { Teller } from '../../../source/engine/pair/notices.ts';
import { Waker } from '../../../source/engine/shared/waker.ts';
import { SyncError } from '../../../source/errors.ts';
import { pairDefaults } from '../../support/engine-pair.ts';

const lost = new SyncError('unreachable', 'the server closed the connection');

function newMode(): Mode {
	const pair = pairDefaults as PairConfig;
	return new Mode(pair, {
		waker: new Waker(),
		teller: new Teller(pair, () => undefined),
		onUpdate: () => undefined,
	});
}

/** A run that loses its line, after it has moved something or before. Resolves to the pause after it. */
function failedRun(mode: Mode, { moves }: { moves: boolean }): number {
	mode.begin();
	if (moves) mode.moved();
	mode.fail(lost);
	return mode.rest;
}

describe('the pauses between two tries of a pair whose line fails', () => {
	it('grow while nothing is moved', () => {
		const mode = newMode();
		const pauses = Array.from({ length: 5 }, () => failedRun(mode, { moves: false }));
		expect(pauses.at(-1)).toBeGreaterThan(10_000);
	});

	it('begin again once something was moved', () => {
		const mode = newMode();
		for (let run = 0; run < 5; run += 1) failedRun(mode, { moves: false });
		expect(failedRun(mode, { moves: true })).toBeLessThanOrEqual(1000);
		expect(failedRun(mode, { moves: false })).toBeGreaterThan(1000);
	});
});

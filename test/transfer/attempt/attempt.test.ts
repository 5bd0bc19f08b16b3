import { describe, expect, it } from 'vitest';
import { idOf } from '../../../source/transfer/attempt/apply-state.ts';
import {
	type Attempt,
	type AttemptedBatch,
	type AttemptMode,
	type Failure,
	firstAttempt,
	mostOptimistic,
	mostOvertaken,
	nextAttempt,
} from '../../../source/transfer/attempt/attempt.ts';
import type { DirtyRow, Route } from '../../../source/transfer/rows/route.ts';

const route = { name: 'item', source: { name: 'item' }, target: { name: 'item' } } as Route;

function row(rowKey: string): DirtyRow {
	const change = { id: rowKey, table: 'item' } as DirtyRow['last'];
	return { route, rowKey, key: [], changes: [change], last: change };
}

const [one, two, outside] = [row('x31'), row('x32'), row('x39')];
const quiet: AttemptedBatch = {
	rows: new Map([one, two].map((it) => [idOf(it), it])),
	actsByItself: false,
};
const acting: AttemptedBatch = { ...quiet, actsByItself: true };

function attempt(mode: AttemptMode, overtaken = 0): Attempt {
	return { ...firstAttempt(true), mode, overtaken };
}

const overtaken: Failure = { kind: 'overtaken', contested: [one] };
const refused: Failure = { kind: 'refused' };
const stranded: Failure = { kind: 'stranded', rows: [two] };
const cascaded: Failure = { kind: 'cascaded', rows: [outside] };

describe('the first attempt at a batch', () => {
	it('is optimistic where its statements can be pipelined, and stepwise where they cannot', () => {
		expect(firstAttempt(true).mode).toBe('optimistic');
		expect(firstAttempt(false).mode).toBe('stepwise');
	});
});

describe('the attempt after a failed one', () => {
	/** Mode, how often it was overtaken before, the failure, and the mode that follows; null gives up. */
	const table: [AttemptMode, number, Failure, AttemptedBatch, AttemptMode | null][] = [
		['optimistic', 0, overtaken, quiet, 'optimistic'],
		['optimistic', 1, overtaken, quiet, 'optimistic'],
		['optimistic', 2, overtaken, quiet, 'locked'],
		['optimistic', 0, overtaken, acting, 'stepwise'],
		['optimistic', 0, refused, quiet, 'stepwise'],
		['optimistic', 0, refused, acting, 'stepwise'],
		['optimistic', 0, stranded, quiet, 'optimistic'],
		['optimistic', 0, cascaded, quiet, 'optimistic'],
		['locked', 3, overtaken, quiet, 'stepwise'],
		['locked', 3, overtaken, acting, 'stepwise'],
		['locked', 3, refused, quiet, 'stepwise'],
		['locked', 3, stranded, quiet, 'locked'],
		['locked', 3, cascaded, quiet, 'locked'],
		['stepwise', 0, overtaken, quiet, 'stepwise'],
		['stepwise', 11, overtaken, quiet, 'stepwise'],
		['stepwise', 12, overtaken, quiet, null],
		['stepwise', 12, overtaken, acting, null],
		['stepwise', 0, refused, quiet, null],
		['stepwise', 4, stranded, quiet, 'stepwise'],
		['stepwise', 4, cascaded, quiet, 'stepwise'],
	];

	it.each(table)('%s, overtaken %i times before: %o', (mode, before, failure, batch, expected) => {
		expect(nextAttempt(attempt(mode, before), failure, batch)?.mode ?? null).toBe(expected);
	});

	it('decides about the contested rows alone while nothing is locked, and about all once the rows are', () => {
		expect(nextAttempt(attempt('optimistic'), overtaken, quiet)?.suspects).toEqual(new Set([one]));
		const locked = nextAttempt(attempt('optimistic', mostOptimistic - 1), overtaken, quiet);
		expect(locked?.suspects).toEqual(new Set([one, two]));
	});

	it('hands on what earlier ones found out', () => {
		const rows = [overtaken, stranded, cascaded, refused];
		const last = rows.reduce<Attempt | null>(
			(known, failure) => known && nextAttempt(known, failure, quiet),
			attempt('optimistic'),
		);
		expect(last).toEqual({
			mode: 'stepwise',
			overtaken: 1,
			suspects: new Set([one]),
			cascaded: new Map([[idOf(outside), outside]]),
			untouchable: new Set([idOf(two)]),
		});
	});

	it('decides about a row of the batch by itself before it is decided with what cascades to it', () => {
		const own: Failure = { kind: 'cascaded', rows: [one] };
		const first = nextAttempt(attempt('stepwise'), own, quiet);
		expect(first).toMatchObject({ suspects: new Set([one]), cascaded: new Map() });
		const second = first && nextAttempt(first, own, quiet);
		expect(second?.cascaded).toEqual(new Map([[idOf(one), one]]));
	});

	it('leaves the attempt that it is made from as it is', () => {
		const before = attempt('stepwise');
		for (const failure of [overtaken, stranded, cascaded]) nextAttempt(before, failure, quiet);
		expect(before).toEqual(attempt('stepwise'));
	});

	it('comes to an end, whatever overtakes it', () => {
		let known: Attempt | null = attempt('optimistic');
		let attempts = 0;
		for (; known; attempts += 1) known = nextAttempt(known, overtaken, quiet);
		expect(attempts).toBe(mostOvertaken);
	});
});

/** A long log behind an engine in memory, which lists a page of it as the real one does. */

import type { Direction } from '../../source/config/types.ts';
import { isOlder, listedChanges, type PageRequest } from '../../source/engine/api/listing.ts';
import type { PendingChange } from '../../source/engine/api/snapshot.ts';
import { change, type FakeEngine } from './fake-engine.ts';

export interface FakeLog {
	/** Whether pages that are asked for wait until `answer`. */
	held: boolean;
	/** Lists the page that was asked for last. */
	answer(): void;
	/** What was applied meanwhile: so many of the oldest changes. */
	apply(changes: number): void;
}

/** Gives a pair changes with the ids from 1 on; every tenth is one of `orders`. */
export function fakeLog(
	engine: FakeEngine,
	name: string,
	length: number,
	direction: Direction = 'local_to_cloud',
): FakeLog {
	let all = Array.from({ length }, (_, index) =>
		change(index + 1, { table: (index + 1) % 10 === 0 ? 'orders' : 'customers' }),
	);
	let asked: PageRequest = { anchor: 'oldest', words: [] };
	const log: FakeLog = {
		held: false,
		answer() {
			const { anchor, words } = asked;
			const wanted = all.filter(({ table, operation }) =>
				words.every((word) => `${table} ${operation}`.toLowerCase().includes(word.toLowerCase())),
			);
			const [from, to] = span(wanted, asked);
			const page = { anchor, words, older: from, newer: wanted.length - to };
			engine.update(name, ({ changes, pages, directions }) => ({
				changes: { ...changes, [direction]: wanted.slice(from, to) },
				pages: { ...pages, [direction]: page },
				directions: {
					...directions,
					[direction]: { ...directions[direction], pending: all.length },
				},
			}));
		},
		apply(changes) {
			all = all.slice(changes);
			log.answer();
		},
	};
	engine.onWatch = (watched, { pages }) => {
		const page = pages?.[direction];
		if (watched !== name || !page) return;
		asked = page;
		if (!log.held) log.answer();
	};
	log.answer();
	return log;
}

function span(wanted: readonly PendingChange[], { anchor }: PageRequest): [number, number] {
	const { length } = wanted;
	if (anchor === 'oldest') return [0, Math.min(length, listedChanges)];
	if (anchor === 'newest') return [Math.max(0, length - listedChanges), length];
	const found = wanted.findIndex(({ id }) => !isOlder(id, anchor));
	const place = found < 0 ? length : found;
	const half = listedChanges / 2;
	return [Math.max(0, place - half), Math.min(length, place + half)];
}

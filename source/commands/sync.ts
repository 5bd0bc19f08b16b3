import { type Direction, directions, type PairConfig } from '../config/types.ts';
import { type SyncResult, syncPair } from '../engine/run/sync-pair.ts';
import { asSyncError, SyncError } from '../errors.ts';
import { plural } from '../text/words.ts';
import { addTotals, noTotals, type Totals } from '../transfer/totals.ts';
import { type Command, type CommandContext, exitCode, worstExitCode } from './command.ts';
import { selectPairs } from './pairs.ts';

export const sync: Command = {
	name: 'sync',
	words: '[pair…]',
	summary: 'run batches until nothing is pending, then exit',
	details: ['The directions take turns. Without a pair, all that are enabled run.'],
	flags: ['json', 'direction', 'once'],
	run: async (context) => {
		const wanted = parseDirections(context.flags.direction);
		const { pairs } = await selectPairs(context, 'enabled');
		let interrupted: 'SIGINT' | 'SIGTERM' | null = null;
		const forget = context.onSignal((signal) => {
			interrupted = signal;
			context.err(`${signal}: finishing the batch in hand`);
		});
		const outcomes = pairs.map((pair) => new PairOutcome(pair));
		try {
			await syncAll(outcomes, wanted, context, () => interrupted !== null);
		} finally {
			forget();
		}
		if (context.flags.json) {
			const document = { pairs: outcomes.map((outcome) => outcome.document()) };
			context.json(document);
		} else {
			for (const outcome of outcomes) {
				context.out(outcome.describe(wanted));
			}
		}
		const errors = outcomes.flatMap((outcome) => outcome.allErrors());
		for (const error of errors) context.err(error.lines());
		const unsettled = outcomes.flatMap((outcome) => outcome.unsettled);
		for (const words of unsettled) context.err(words);
		if (interrupted) return exitCode[interrupted];
		return Math.max(
			worstExitCode(errors),
			unsettled.length > 0 ? exitCode.needsPerson : exitCode.done,
		);
	},
};

/** What a whole `sync` did to one pair. */
class PairOutcome {
	readonly pair: PairConfig;
	failure: SyncError | null = null;
	/** A later run tries what an earlier one was refused, so the last word counts. */
	#latest: SyncResult | null = null;
	readonly #totals: Record<Direction, Totals> = {
		local_to_cloud: noTotals(),
		cloud_to_local: noTotals(),
	};

	constructor(pair: PairConfig) {
		this.pair = pair;
	}

	/** What needs a person although no row was refused, in words. */
	get unsettled(): string[] {
		return (this.#latest?.unsettled ?? []).map((words) => `${this.pair.name}: ${words}`);
	}

	add(result: SyncResult): void {
		this.#latest = result;
		for (const direction of directions) addTotals(this.#totals[direction], result[direction]);
	}

	allErrors(): SyncError[] {
		const refused = directions.flatMap((direction) => this.#errors(direction));
		return [...(this.failure ? [this.failure] : []), ...refused].map((error) =>
			error.at({ pair: this.pair.name }),
		);
	}

	document() {
		const direction = (name: Direction) => {
			const { applied, batches, conflicts } = this.#totals[name];
			return { applied, batches, conflicts, errors: this.#errors(name).length };
		};
		return {
			name: this.pair.name,
			local_to_cloud: direction('local_to_cloud'),
			cloud_to_local: direction('cloud_to_local'),
			...(this.failure && { error: this.failure.message }),
		};
	}

	describe(wanted: readonly Direction[]): string[] {
		if (this.failure && directions.every((name) => this.#totals[name].batches === 0)) return [];
		return wanted.map((name) => {
			const { applied, batches, conflicts } = this.#totals[name];
			const errors = this.#errors(name).length;
			const extra = [
				batches > 1 ? ` in ${batches} batches` : '',
				conflicts > 0 ? `; rows that had changed on both sides: ${conflicts}` : '',
				errors > 0 ? `; rows refused: ${errors}` : '',
			];
			return `${this.pair.name}: ${name.replaceAll('_', ' ')}: ${plural(applied, 'change')}${extra.join('')}`;
		});
	}

	#errors(direction: Direction): readonly SyncError[] {
		return this.#latest?.[direction].errors ?? [];
	}
}

/**
 * Passes over the pairs side by side. Where pairs share a database, what one brought there is
 * pending for the others: so again, until a pass moves nothing, or every pair could have had the
 * changes of every other.
 */
async function syncAll(
	outcomes: readonly PairOutcome[],
	wanted: readonly Direction[],
	context: CommandContext,
	stopped: () => boolean,
): Promise<void> {
	const { once } = context.flags;
	const passes = once ? 1 : outcomes.length;
	for (let pass = 0; pass < passes && !stopped(); pass += 1) {
		const moved = await Promise.all(
			outcomes.map(async (outcome) => {
				if (outcome.failure) return 0;
				try {
					const result = await syncPair(outcome.pair, {
						directions: wanted,
						once,
						stopped,
						say: (line) => context.err(line),
					});
					outcome.add(result);
					return result.local_to_cloud.applied + result.cloud_to_local.applied;
				} catch (error) {
					outcome.failure = asSyncError(error).at({ pair: outcome.pair.name });
					return 0;
				}
			}),
		);
		if (moved.every((changes) => changes === 0)) return;
	}
}

function parseDirections(given: string | undefined): readonly Direction[] {
	switch (given ?? 'both') {
		case 'both':
			return directions;
		case 'local-to-cloud':
			return ['local_to_cloud'];
		case 'cloud-to-local':
			return ['cloud_to_local'];
		default:
			throw new SyncError('usage', `--direction cannot be ${given}`, {
				hint: 'It is local-to-cloud, cloud-to-local or both.',
			});
	}
}

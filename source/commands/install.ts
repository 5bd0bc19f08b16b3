import { type PairConfig, sides } from '../config/types.ts';
import { lineOf, textOf } from '../engine/api/messages.ts';
import {
	failedInstallations,
	type Installation,
	installPair,
	type SideInstallation,
} from '../engine/install/installation.ts';
import { requireWritable } from '../engine/run/sync-pair.ts';
import { closeBoth, openBoth } from '../engine/shared/connections.ts';
import { asSyncError, type SyncError } from '../errors.ts';
import { plural } from '../text/words.ts';
import { type Command, exitCode, worstExitCode } from './command.ts';
import { selectPairs } from './pairs.ts';

export const install: Command = {
	name: 'install',
	words: '[pair…]',
	summary: 'create the change log and the triggers on both sides',
	flags: ['json', 'table'],
	run: async (context) => {
		const { pairs } = await selectPairs(context, 'enabled');
		const { table } = context.flags;
		const { results, errors } = await onEachPair(pairs, (pair) =>
			withConnections(pair, (connections) =>
				installPair(connections, pair, table === undefined ? null : [table], true),
			),
		);
		if (context.flags.json) {
			const document = {
				pairs: results.map(({ pair, result }) => ({
					name: pair,
					local: printed(result.local),
					cloud: printed(result.cloud),
				})),
			};
			context.json(document);
			for (const { pair, result } of results) context.err(describeWarnings(pair, result));
		} else {
			for (const { pair, result } of results) {
				context.out(describeInstallation(pair, result));
			}
		}
		for (const error of errors) context.err(error.lines());
		const failed = results.some(({ result }) =>
			sides.some((side) => result[side].failed.length > 0),
		);
		return Math.max(worstExitCode(errors), failed ? exitCode.needsPerson : exitCode.done);
	},
};

/** Opens both ends of a writable pair, and closes them after the work. */
export async function withConnections<T>(
	pair: PairConfig,
	work: (connections: Awaited<ReturnType<typeof openBoth>>) => Promise<T>,
): Promise<T> {
	requireWritable(pair);
	const connections = await openBoth(pair);
	try {
		return await work(connections);
	} finally {
		await closeBoth(connections);
	}
}

/** Runs the work on each pair, one after the other; a failed pair does not stop the others. */
export async function onEachPair<T>(
	pairs: readonly PairConfig[],
	work: (pair: PairConfig) => Promise<T>,
): Promise<{ results: { pair: string; result: T }[]; errors: SyncError[] }> {
	const results: { pair: string; result: T }[] = [];
	const errors: SyncError[] = [];
	for (const pair of pairs) {
		try {
			results.push({ pair: pair.name, result: await work(pair) });
		} catch (error) {
			errors.push(asSyncError(error).at({ pair: pair.name }));
		}
	}
	return { results, errors };
}

/** The result on one side, as `--json` prints it. */
function printed({ warnings, skipped, failed, ...done }: SideInstallation) {
	return {
		...done,
		skipped: skipped.map(({ table, reason }) => ({ table, reason: textOf(reason) })),
		failed: failed.map(({ table, error: { message, hint = null } }) => ({ table, message, hint })),
	};
}

function describeInstallation(pair: string, installation: Installation): string[] {
	const bySide = sides.flatMap((side) => {
		const { change_log, installed, unchanged, skipped, failed } = installation[side];
		const head = `${pair}: ${side}`;
		return [
			`${head}: change log ${change_log}; triggers installed on ${tableCount(installed.length)}, current on ${tableCount(unchanged.length)}`,
			...skipped.map(({ table, reason }) => `${head}: ${table} skipped: ${textOf(reason)}`),
			...failedInstallations(side, failed).map((found) => `${pair}: ${lineOf(found)}`),
		];
	});
	return [...bySide, ...describeWarnings(pair, installation)];
}

/** Warnings, and what happens to rows that tables had before. */
function describeWarnings(pair: string, installation: Installation): string[] {
	const { told, warnings, open } = installation.uptake;
	const bySide = sides.flatMap((side) => installation[side].warnings);
	return [...bySide, ...told, ...warnings, ...open].map((found) => `${pair}: ${lineOf(found)}`);
}

function tableCount(number: number): string {
	return plural(number, 'table');
}

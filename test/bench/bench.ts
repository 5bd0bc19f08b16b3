/**
 * Measures what the program claims, side by side in one run, on throwaway servers. Machines differ
 * and are shared: quote the ratios. Exits 1 where a claim does not hold.
 */

import { loadavg } from 'node:os';
import { productNames, products } from '../../source/demo/servers/product.ts';
import { startServer } from '../../source/demo/servers/server.ts';
import { obtainServer } from '../support/obtain.ts';
import { measureBacklog } from './backlog.ts';
import { measureCapture } from './capture.ts';
import { measureIdleLook } from './idle-look.ts';
import { measureScreen } from './screen.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);
const asked = process.argv.slice(2);
const isAsked = (part: string) => asked.length === 0 || asked.includes(part);
const rounded = (load: number) => load.toFixed(1);
let failed = false;

/** A ratio that has to be reached, or not exceeded. */
function claim(what: string, ratio: number, bound: 'at least' | 'at most', limit: number): void {
	const holds = bound === 'at least' ? ratio >= limit : ratio <= limit;
	failed ||= !holds;
	console.log(
		`  ${holds ? 'holds' : 'FAILS'}: ${what}: ${ratio.toFixed(2)} times (${bound} ${limit})`,
	);
}

/** A cost that must not be exceeded. */
function limit(what: string, value: number, most: number, unit: string): void {
	failed ||= value > most;
	console.log(
		`  ${value <= most ? 'holds' : 'FAILS'}: ${what}: ${value.toFixed(1)} ${unit} (at most ${most})`,
	);
}

for (const product of products) {
	const program = await obtainServer(product, say);
	// Commits reach the disk, as they do on a server that matters.
	const server = await startServer(program, { durable: true });
	try {
		console.log(`${productNames[product]} ${server.version}, both ends on one server`);
		console.log(`  load average before: ${loadavg().map(rounded).join(' ')}`);
		if (isAsked('backlog')) {
			const backlog = await measureBacklog(server);
			console.log(
				`  backlog of ${backlog.changes} changes, in batches: ${backlog.batched} changes/s`,
			);
			console.log(`  the same, one row at a time: ${backlog.oneByOne} changes/s`);
			claim(
				'batches against one row at a time',
				backlog.batched / backlog.oneByOne,
				'at least',
				15,
			);
		}
		if (isAsked('capture')) {
			for (const [kind, took] of Object.entries(await measureCapture(server))) {
				const [none, least, program] = [took.none, took.least, took.program].map((time) =>
					time.toFixed(0),
				);
				console.log(
					`  ${kind}: ${none} ms without triggers, ${least} with the least, ${program} with the program's`,
				);
				claim(`${kind}, against the least triggers`, took.program / took.least, 'at most', 3);
			}
		}
		if (isAsked('look')) {
			const look = await measureIdleLook(server);
			console.log(`  idle look with an empty log: ${look.empty.toFixed(2)} ms`);
			console.log(
				`  idle look with ${look.history} changes of history: ${look.full.toFixed(2)} ms`,
			);
			claim(
				'an idle look with a long history against one with none',
				look.full / look.empty,
				'at most',
				1.5,
			);
		}
		if (isAsked('screen')) {
			console.log('  the screen at 80x24, in a terminal');
			const { idle, counting, key, memory } = await measureScreen(server);
			limit('bytes to an idle terminal', idle.bytes, 500, 'B/s');
			limit('bytes while counters run', counting.bytes, 3000, 'B/s');
			limit('processor while idle', idle.cpu, 1, '%');
			console.log(`  a key while a backlog is drained: median ${key.median.toFixed(0)} ms`);
			limit('the same, the slowest of a hundred', key.p99, 50, 'ms');
			console.log(`  memory: ${memory.before} MB after the start, ${memory.after} MB at the end`);
		}
		console.log(`  load average after: ${loadavg().map(rounded).join(' ')}`);
	} finally {
		await server.stop();
	}
}
process.exitCode = failed ? 1 : 0;

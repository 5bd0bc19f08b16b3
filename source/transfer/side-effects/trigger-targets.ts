/** Finds the tables that application triggers write to, by the names in their text. */
import type { Connection } from '../../database/connection/connection.ts';
import type { Applying } from '../attempt/apply-state.ts';
import type { Route } from '../rows/route.ts';

/** The tables named by the table's triggers on the target. */
export function writtenByTriggers({ routes }: Pick<Applying, 'routes'>, route: Route): Route[] {
	const words = new Set(
		route.target.applicationTriggers.flatMap(({ statement }) => wordsIn(statement)),
	);
	return [...routes.values()].filter(
		(other) => other !== route && words.has(other.target.name.toLowerCase()),
	);
}

function wordsIn(statement: string): string[] {
	return statement.toLowerCase().split(/[^\p{L}\p{N}_$]+/u);
}

/**
 * The tables that the table's triggers may write to, including through procedures, views and other tables'
 * triggers, as far as the account can read these.
 */
export async function reachedByTriggers(
	{ target, routes }: Pick<Applying, 'target' | 'routes'>,
	route: Route,
): Promise<Route[]> {
	const others = [...routes.values()].filter((other) => other !== route);
	const bodies = await readBodies(target);
	const reached = new Set<Route>();
	const words = new Set(
		route.target.applicationTriggers.flatMap(({ statement }) => wordsIn(statement)),
	);
	// A Set also iterates over entries added during the loop.
	for (const word of words) {
		for (const inner of wordsIn(bodies.get(word) ?? '')) words.add(inner);
		for (const other of others) {
			if (other.target.name.toLowerCase() !== word) continue;
			reached.add(other);
			for (const { statement } of other.target.applicationTriggers) {
				for (const inner of wordsIn(statement)) words.add(inner);
			}
		}
	}
	return [...reached];
}

/** The bodies of procedures, functions and views, by lower-case name. */
async function readBodies(connection: Connection): Promise<Map<string, string>> {
	const rows = await connection.rows<{ name: string; body: string | null }>(
		`SELECT routine_name AS name, routine_definition AS body
		FROM information_schema.routines
		WHERE routine_schema NOT IN ('mysql', 'sys')
		UNION ALL
		SELECT table_name AS name, view_definition AS body
		FROM information_schema.views
		WHERE table_schema = DATABASE()`,
	);
	const bodies = new Map<string, string>();
	for (const { name, body } of rows) {
		const known = bodies.get(name.toLowerCase()) ?? '';
		bodies.set(name.toLowerCase(), `${known}\n${body ?? ''}`);
	}
	return bodies;
}

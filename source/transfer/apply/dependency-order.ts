import type { Applying } from '../attempt/apply-state.ts';
import type { Route } from '../rows/route.ts';
import { writtenByTriggers } from '../side-effects/trigger-targets.ts';

/**
 * Dependency order: each table after the tables that it references on either side, and then after the tables
 * whose application triggers write to it, so that the source's rows are written last. Tables that reference
 * each other in a cycle keep their given order.
 */
export function inDependencyOrder(
	state: Pick<Applying, 'routes'>,
	routes: readonly Route[],
): Route[] {
	const byName = new Map<string, Route>();
	for (const route of routes) {
		byName.set(route.source.name, route);
		byName.set(route.target.name, route);
	}
	const parents = (route: Route): Route[] =>
		[...route.source.foreignKeys, ...route.target.foreignKeys].flatMap(
			({ parent }) => byName.get(parent) ?? [],
		);
	const writers = new Map<Route, Route[]>();
	for (const route of routes) {
		if (route.target.applicationTriggers.length === 0) continue;
		const ancestors = reachableFrom(route, parents);
		for (const written of writtenByTriggers(state, route)) {
			// A foreign key takes precedence.
			if (ancestors.has(written)) continue;
			writers.set(written, [...(writers.get(written) ?? []), route]);
		}
	}
	const ordered = new Set<Route>();
	const entered = new Set<Route>();
	const place = (route: Route) => {
		if (entered.has(route)) return;
		entered.add(route);
		for (const before of [...parents(route), ...(writers.get(route) ?? [])]) place(before);
		ordered.add(route);
	};
	for (const route of routes) place(route);
	return [...ordered];
}

function reachableFrom(from: Route, next: (route: Route) => readonly Route[]): Set<Route> {
	const reached = new Set([from]);
	for (const route of reached) for (const other of next(route)) reached.add(other);
	return reached;
}

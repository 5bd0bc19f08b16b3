import type { Route } from './collapse.ts';

/**
 * Tables so that each comes after the tables it refers to, on either end. Where they refer to each
 * other in a circle, the order inside the circle is the one they came in.
 */
export function parentsFirst(routes: readonly Route[]): Route[] {
	const byName = new Map<string, Route>();
	for (const route of routes) {
		byName.set(route.source.name, route);
		byName.set(route.target.name, route);
	}
	const ordered = new Set<Route>();
	const entered = new Set<Route>();
	const place = (route: Route) => {
		if (entered.has(route)) return;
		entered.add(route);
		for (const { parent } of [...route.source.foreignKeys, ...route.target.foreignKeys]) {
			const other = byName.get(parent);
			if (other) place(other);
		}
		ordered.add(route);
	};
	for (const route of routes) place(route);
	return [...ordered];
}

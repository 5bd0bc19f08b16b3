/** `applied_nodes` taken apart. Logs written by other hands may hold spaces or an unsorted list. */
export function parseNodes(appliedNodes: string): string[] {
	return appliedNodes
		.split(',')
		.map((node) => node.trim())
		.filter((node) => node !== '');
}

/** Node ids as `applied_nodes` keeps them: each once, sorted, so that few distinct values arise. */
export function formatNodes(nodes: Iterable<string>): string {
	return [...new Set(nodes)]
		.filter((node) => node !== '')
		.sort()
		.join(',');
}

/** Node ids in `applied_nodes`. Logs written by other programs may hold spaces or an unsorted list. */
export function parseNodes(appliedNodes: string): string[] {
	return appliedNodes
		.split(',')
		.map((node) => node.trim())
		.filter((node) => node !== '');
}

/** Node ids as `applied_nodes` keeps them: each once and sorted, so that there are few distinct values. */
export function formatNodes(nodes: Iterable<string>): string {
	return [...new Set(nodes)]
		.filter((node) => node !== '')
		.sort()
		.join(',');
}

/** Parses the node ids of `applied_nodes`. Logs of other programs may contain spaces or an unsorted list. */
export function parseNodes(appliedNodes: string): string[] {
	return appliedNodes
		.split(',')
		.map((node) => node.trim())
		.filter((node) => node !== '');
}

/** Formats node ids for `applied_nodes`: each once and sorted, so that there are few distinct values. */
export function formatNodes(nodes: Iterable<string>): string {
	return [...new Set(nodes)]
		.filter((node) => node !== '')
		.sort()
		.join(',');
}

import { formatDuration } from '../text/duration.ts';
import { isLoopbackHost } from './loopback.ts';
import type { Config, EndConfig, PairConfig } from './types.ts';

/** A configuration in a few lines of text, without secrets. */
export function describeConfig({ path, nodeId, readOnly, pairs }: Config): string[] {
	const count = pairs.length === 1 ? '1 pair' : `${pairs.length} pairs`;
	return [
		`${path} is valid: ${count}, node id ${nodeId}${readOnly ? ', read-only' : ''}`,
		...pairs.flatMap(describePair),
	];
}

function describePair(pair: PairConfig): string[] {
	const traits = [
		pair.enabled ? `every ${formatDuration(pair.interval)}` : 'not enabled',
		`batches of ${pair.batchSize} (up to ${pair.maxBatchSize})`,
		`conflicts: ${pair.conflict}`,
		...(pair.readOnly ? ['read-only'] : []),
	];
	const excluded = pair.excludeTables.length > 0 ? ` except ${pair.excludeTables.join(', ')}` : '';
	return [
		`${pair.name}: ${traits.join(', ')}`,
		`  local   ${describeEnd(pair.local)}`,
		`  cloud   ${describeEnd(pair.cloud)}`,
		`  tables  ${pair.tables === 'all' ? 'all' : pair.tables.join(', ')}${excluded}`,
	];
}

function describeEnd(end: EndConfig): string {
	const { nodeId, user, database, socket, endpoints } = end;
	const where = socket ?? endpoints.map(({ host, port }) => address(host, port)).join(' or ');
	const notes = [`node id ${nodeId}`, ...describeLine(end)];
	return `${database} at ${where} as ${user} (${notes.join(', ')})`;
}

function describeLine({ tls, endpoints }: EndConfig): string[] {
	if (tls) {
		const name = tls.servername === undefined ? '' : `, servername ${tls.servername}`;
		return [`TLS${name}${tls.verify ? '' : ', server identity not verified'}`];
	}
	if (endpoints.every(({ host }) => isLoopbackHost(host))) return [];
	return tls === false
		? ['not encrypted']
		: ['TLS if the server offers it, server identity not verified'];
}

function address(host: string, port: number): string {
	return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

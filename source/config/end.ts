import type { LoadContext } from './context.ts';
import { defaults } from './defaults.ts';
import type { EndEntry } from './file.ts';
import { expandPath } from './path.ts';
import { readPassword, readTls } from './secrets.ts';
import type { EndConfig, Endpoint, Side } from './types.ts';

/**
 * Resolves one side of a pair. A missing secret is reported only for an enabled pair: nothing connects to a
 * disabled one, and a sample pair must load before its secrets exist.
 */
export async function resolveEnd(
	entry: EndEntry,
	side: Side,
	siteNodeId: string,
	enabled: boolean,
	pointer: string,
	context: LoadContext,
): Promise<EndConfig> {
	const secrets = enabled ? context : { ...context, report: () => {} };
	const tls = await readTls(entry.ssl, `${pointer}/ssl`, secrets);
	const where =
		entry.socket === undefined
			? { endpoints: endpointsOf(entry, pointer, context) }
			: { endpoints: [], socket: expandPath(entry.socket, context.folder) };
	return {
		side,
		nodeId: entry.node_id ?? (side === 'local' ? siteNodeId : 'cloud'),
		...where,
		user: entry.user,
		password: await readPassword(entry.password, `${pointer}/password`, secrets),
		database: entry.database,
		...(tls === undefined ? {} : { tls }),
	};
}

function endpointsOf(entry: EndEntry, pointer: string, context: LoadContext): Endpoint[] {
	const port = entry.port ?? defaults.end.port;
	if (entry.hosts === undefined) {
		return [{ host: unbracketed(entry.host ?? defaults.end.host), port }];
	}
	return entry.hosts.map((text, index) => {
		// The schema allows colons only in brackets and before the port.
		const colon = text.search(/:\d+$/);
		if (colon < 0) return { host: unbracketed(text), port };
		const own = Number(text.slice(colon + 1));
		if (own < 1 || own > 65_535) {
			context.report(`${pointer}/hosts/${index}`, 'must have a port from 1 to 65535');
		}
		return { host: unbracketed(text.slice(0, colon)), port: own };
	});
}

function unbracketed(host: string): string {
	return host.replace(/^\[(.*)\]$/, '$1');
}

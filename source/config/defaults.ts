import { hostname } from 'node:os';
import schema from '../../config.schema.json' with { type: 'json' };
import type { ConflictPolicy } from './types.ts';

const top = schema.properties;
const pair = schema.$defs.pair.properties;
const end = schema.$defs.end.properties;

/**
 * The defaults of config.schema.json. The loader fills them in, not Ajv, because it has to
 * know which of two contradicting keys was written.
 */
export const defaults = {
	interval: top.interval.default,
	batchSize: top.batch_size.default,
	maxBatchSize: top.max_batch_size.default,
	refresh: top.refresh.default,
	// TypeScript widens the strings of an imported JSON file.
	conflict: top.conflict.default as ConflictPolicy,
	retention: top.retention.default,
	autoInstall: top.auto_install.default,
	readOnly: top.read_only.default,
	pair: { enabled: pair.enabled.default, readOnly: pair.read_only.default },
	end: { host: end.host.default, port: end.port.default },
	tls: { verify: schema.$defs.tls.properties.verify.default },
};

/** A host name as a node id; by default this machine's. */
export function hostNodeId(host: string = hostname()): string {
	return host.replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 64) || 'local';
}

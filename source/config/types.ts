/** The loaded configuration: defaults filled in, durations in milliseconds, secrets read. */

/** One side of a pair. */
export type Side = 'local' | 'cloud';

export const sides: readonly Side[] = ['local', 'cloud'];

export type Direction = 'local_to_cloud' | 'cloud_to_local';

export const directions: readonly Direction[] = ['local_to_cloud', 'cloud_to_local'];

export type ConflictPolicy = 'newest' | 'local' | 'cloud' | 'manual';

export interface Endpoint {
	host: string;
	port: number;
}

export interface TlsConfig {
	/** Contents of the PEM files, not their paths. */
	ca?: string;
	cert?: string;
	key?: string;
	/** True if the server must prove its identity. */
	verify: boolean;
	/** The name that the certificate must match; by default the configured host. */
	servername?: string;
}

/** One database, as a side of a pair connects to it. */
export interface EndConfig {
	side: Side;
	nodeId: string;
	/** Tried in order; empty for a socket. */
	endpoints: Endpoint[];
	socket?: string;
	user: string;
	password: string;
	database: string;
	/** False if the configuration rules TLS out; undefined if it does not say. */
	tls?: TlsConfig | false;
}

export interface PairConfig {
	name: string;
	enabled: boolean;
	local: EndConfig;
	cloud: EndConfig;
	/** Table names, or 'all' for every base table except the program's own. */
	tables: 'all' | string[];
	excludeTables: string[];
	/** Milliseconds between two runs. */
	interval: number;
	/** Changes per direction when a single batch is requested. */
	batchSize: number;
	/** Most changes in any other batch. */
	maxBatchSize: number;
	conflict: ConflictPolicy;
	/** Milliseconds that changes stay in the log after every known node has applied them. */
	retention: number;
	readOnly: boolean;
	autoInstall: boolean;
}

export interface Config {
	/** The file that it was read from. */
	path: string;
	nodeId: string;
	/** Milliseconds between two reads of the pending changes. */
	refresh: number;
	readOnly: boolean;
	pairs: PairConfig[];
}

/** The side that a direction reads from. */
export function sourceSide(direction: Direction): Side {
	return direction === 'local_to_cloud' ? 'local' : 'cloud';
}

/** The side that a direction writes to. */
export function targetSide(direction: Direction): Side {
	return direction === 'local_to_cloud' ? 'cloud' : 'local';
}

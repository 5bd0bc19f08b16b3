/** The words of the configuration after loading: defaults filled in, durations in milliseconds, secrets read. */

/** One end of a pair. */
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
	/** Whether the server must prove who it is. */
	verify: boolean;
	/** The name its certificate must be for, unless that is the host that it is reached at. */
	servername?: string;
}

/** One database, as one side of one pair reaches it. */
export interface EndConfig {
	side: Side;
	nodeId: string;
	/** Tried in turn; empty where a socket is used. */
	endpoints: Endpoint[];
	socket?: string;
	user: string;
	password: string;
	database: string;
	/** `false`: no TLS, as the configuration says in so many words. Not there: it says nothing. */
	tls?: TlsConfig | false;
}

export interface PairConfig {
	name: string;
	enabled: boolean;
	local: EndConfig;
	cloud: EndConfig;
	/** Table names, or 'all' for every base table but the program's own. */
	tables: 'all' | string[];
	excludeTables: string[];
	/** Milliseconds between two runs. */
	interval: number;
	/** Changes per direction where a single batch is asked for. */
	batchSize: number;
	/** Changes in any other batch, at most. */
	maxBatchSize: number;
	conflict: ConflictPolicy;
	/** Milliseconds that changes stay in the log although every known node has applied them. */
	retention: number;
	readOnly: boolean;
	autoInstall: boolean;
}

export interface Config {
	/** The file it was read from. */
	path: string;
	nodeId: string;
	/** Milliseconds between two looks at the pending changes. */
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

// Generated from config.schema.json: npx vitest run test/config/file.test.ts -u

export interface ConfigFile {
	$schema?: string;
	node_id?: string;
	interval?: string;
	batch_size?: number;
	max_batch_size?: number;
	refresh?: string;
	conflict?: 'newest' | 'local' | 'cloud' | 'manual';
	retention?: string;
	auto_install?: boolean;
	read_only?: boolean;
	sync_pairs?: PairEntry[];
}

export interface PairEntry {
	name: string;
	enabled?: boolean;
	local: EndEntry;
	cloud: EndEntry;
	tables: string | string[];
	exclude_tables?: string[];
	interval?: string;
	batch_size?: number;
	max_batch_size?: number;
	conflict?: 'newest' | 'local' | 'cloud' | 'manual';
	read_only?: boolean;
}

export interface EndEntry {
	host?: string;
	port?: number;
	socket?: string;
	hosts?: string[];
	user: string;
	password?: string | SecretEntry;
	database: string;
	node_id?: string;
	ssl?: boolean | TlsEntry;
}

export interface SecretEntry {
	env?: string;
	file?: string;
}

export interface TlsEntry {
	ca?: string;
	cert?: string;
	key?: string;
	verify?: boolean;
	servername?: string;
}

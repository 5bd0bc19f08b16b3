import { inject } from 'vitest';
import type { Product, ServerProgram } from '../../source/demo/servers/product.ts';

/** How to reach a server. */
export interface ServerAddress {
	product: Product;
	host: string;
	port: number;
	socket: string;
	user: string;
	password: string;
}

/** A server that runs for the whole of a test run, and what starts another one like it. */
export interface SharedServer {
	address: ServerAddress;
	program: ServerProgram;
	/** A data folder to copy. */
	template: string;
}

/** The servers of a test run; of those that could not be had, the reason. */
export type Servers = Record<Product, SharedServer | { missing: string }>;

declare module 'vitest' {
	interface ProvidedContext {
		servers: Servers;
	}
	interface TaskMeta {
		/** The servers without which a test is skipped. */
		servers?: readonly Product[];
	}
}

/** Whether this run has a server of a product. */
export function has(product: Product): boolean {
	return !('missing' in inject('servers')[product]);
}

/** Whether this run's MariaDB is new enough to have vectors, and MySQL's collations under their names. */
export function hasNewMariadb(): boolean {
	return has('mariadb') && !sharedServer('mariadb').program.version.startsWith('10.');
}

/** The shared server of a product. @throws where this run has none */
export function sharedServer(product: Product): SharedServer {
	const server = inject('servers')[product];
	if ('missing' in server) throw new Error(server.missing);
	return server;
}

/** A server product that can be started here. */
export type Product = 'mariadb' | 'mysql';

export const products: readonly Product[] = ['mariadb', 'mysql'];

/** The product's name in messages. */
export const productNames: Record<Product, string> = { mariadb: 'MariaDB', mysql: 'MySQL' };

/** A server program on this machine, with everything needed to start it. */
export interface ServerProgram {
	product: Product;
	/** For example `10.11.19`. */
	version: string;
	/** The program, preceded by its own loader if it needs one. */
	command: readonly string[];
	/** Options required by its location. */
	options: readonly string[];
	/** MariaDB's program that creates a data folder; MySQL's server does that itself. */
	installDb?: string;
	/**
	 * The folder with the SQL of MariaDB's system tables, for an unpacked server: its installation program does
	 * not run, as it calls others that need the loader.
	 */
	systemTables?: string;
}

/**
 * True if a server has a version.
 * @param version as many leading parts as matter, such as `11.8`; any by default
 */
export function isVersion(program: Pick<ServerProgram, 'version'>, version?: string): boolean {
	return version === undefined || `${program.version}.`.startsWith(`${version}.`);
}

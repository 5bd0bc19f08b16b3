/** A kind of server that can be started here. */
export type Product = 'mariadb' | 'mysql';

export const products: readonly Product[] = ['mariadb', 'mysql'];

/** What a person calls it. */
export const productNames: Record<Product, string> = { mariadb: 'MariaDB', mysql: 'MySQL' };

/** A server program on this machine, and all that it takes to start it. */
export interface ServerProgram {
	product: Product;
	/** Such as `10.11.19`. */
	version: string;
	/** The program, behind the loader it needs if it needs one of its own. */
	command: readonly string[];
	/** Options it needs because of the place it lies in. */
	options: readonly string[];
	/** MariaDB's program that makes a data folder; MySQL's server does that itself. */
	installDb?: string;
	/**
	 * The folder with the statements that make MariaDB's system tables, where its program for that
	 * does not run: an unpacked one calls others that need the loader.
	 */
	systemTables?: string;
}

/**
 * Whether a server is of a version.
 * @param version as many parts of it as matter, such as `11.8`; any will do unless given
 */
export function isVersion(program: Pick<ServerProgram, 'version'>, version?: string): boolean {
	return version === undefined || `${program.version}.`.startsWith(`${version}.`);
}

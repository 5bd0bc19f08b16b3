/** What the parts of the loader share while one file is turned into a Config. */
export interface LoadContext {
	/** The folder of the file: its relative paths start here. */
	folder: string;
	env: NodeJS.ProcessEnv;
	/** Notes a problem with the key at a JSON pointer; loading goes on, to find the others too. */
	report(pointer: string, message: string): void;
}

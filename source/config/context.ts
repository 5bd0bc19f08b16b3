/** Shared by the parts of the loader while they turn one file into a Config. */
export interface LoadContext {
	/** The file's folder. Relative paths in the file start here. */
	folder: string;
	env: NodeJS.ProcessEnv;
	/** Records a problem with the key at a JSON pointer. Loading continues, to find all problems. */
	report(pointer: string, message: string): void;
}

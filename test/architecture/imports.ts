/** The program's source files, what each imports and what each declares. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../../source/', import.meta.url));

export interface SourceFile {
	/** Its path below `source/`. */
	path: string;
	/** The files that it imports, by their paths below `source/`. */
	imports: string[];
}

/** Every file of the program. */
export async function sourceFiles(): Promise<SourceFile[]> {
	const entries = await readdir(source, { recursive: true, withFileTypes: true });
	const paths = entries
		.filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
		.map((entry) => relative(source, join(entry.parentPath, entry.name)));
	return Promise.all(
		paths.sort().map(async (path) => {
			const code = await readFile(join(source, path), 'utf8');
			const specifiers = code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+)'/g);
			const imports = [...specifiers].map(([, to = '']) => normalize(join(dirname(path), to)));
			return { path, imports: imports.filter((to) => !to.startsWith('..')) };
		}),
	);
}

/** A name that a file declares at its top level. */
export interface Declaration {
	name: string;
	kind: 'const' | 'function' | 'class' | 'type';
	exported: boolean;
	/** The file, below `source/`. */
	path: string;
}

const declared =
	/^(export )?(?:async )?(const|function\*?|(?:abstract )?class|type|interface) ([\w$]+)/gm;

/** Everything that the program's files declare at their top level. */
export async function declarations(): Promise<Declaration[]> {
	const files = await sourceFiles();
	const found = files.map(async ({ path }) => {
		const code = await readFile(join(source, path), 'utf8');
		return [...code.matchAll(declared)].map(([, exported, word = '', name = '']) => ({
			...{ name, path, exported: exported !== undefined },
			kind: kinds[word.replace(/^abstract |\*$/, '')] ?? 'const',
		}));
	});
	return (await Promise.all(found)).flat();
}

const kinds: Record<string, Declaration['kind']> = {
	const: 'const',
	function: 'function',
	class: 'class',
	type: 'type',
	interface: 'type',
};

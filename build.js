/**
 * Builds dist/: the program as one bundle per entry point, so that `npx mysql-sync-tui` installs
 * one package and starts in a fraction of the time that loading 70 packages takes.
 */
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';

const requireShim =
	"import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

// Ink asks for react-devtools-core only when DEV=true; the package is not shipped.
const withoutDevtools = {
	name: 'without-devtools',
	setup(bundler) {
		bundler.onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({
			path,
			namespace: 'absent',
		}));
		bundler.onLoad({ filter: /.*/, namespace: 'absent' }, () => ({
			contents: 'export default { initialize() {}, connectToDevTools() {} };',
		}));
	},
};

// Compiling the schema of the configuration takes longer than anything else that a start does.
const compiledValidator = {
	name: 'compiled-validator',
	setup(bundler) {
		bundler.onLoad({ filter: /source\/config\/validator\.ts$/ }, async ({ path }) => {
			const file = join(outdir, 'validator.mjs');
			await build({
				entryPoints: [path],
				outfile: file,
				bundle: true,
				format: 'esm',
				packages: 'external',
			});
			const { ajv, validate } = await import(pathToFileURL(file).href);
			await rm(file);
			const code = standaloneCode.default(ajv, { validate: validate.schema.$id });
			return { contents: code, resolveDir: dirname(path) };
		});
	},
};

/** The licence texts of every package whose code is in the bundle. */
async function licences(inputs) {
	const packages = new Set();
	for (const input of Object.keys(inputs)) {
		const match = input.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//);
		if (match) packages.add(match[1]);
	}
	const texts = [];
	for (const folder of [...packages].sort()) {
		const { name, version, license } = JSON.parse(
			await readFile(join(folder, 'package.json'), 'utf8'),
		);
		const names = [
			'LICENSE',
			'LICENSE.md',
			'LICENCE',
			'License',
			'license',
			'license.md',
			'LICENSE.txt',
			'License.txt',
		];
		let text = `Licence: ${license}`;
		for (const file of names) {
			const found = await readFile(join(folder, file), 'utf8').catch(() => undefined);
			if (found !== undefined) {
				text = found.trim();
				break;
			}
		}
		texts.push(`${name} ${version}\n\n${text}\n`);
	}
	return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

const root = dirname(new URL(import.meta.url).pathname);
const outdir = join(root, 'dist');
await rm(outdir, { recursive: true, force: true });
const result = await build({
	absWorkingDir: root,
	entryPoints: {
		cli: 'source/cli.ts',
		'engine-thread': 'source/engine/thread/engine-thread.ts',
	},
	outdir,
	bundle: true,
	splitting: true,
	format: 'esm',
	platform: 'node',
	target: 'node20',
	jsx: 'automatic',
	minifySyntax: true,
	// Node 20 knows the flag v; written out as RegExp it is compiled at every start, in 20 ms.
	supported: { 'regexp-set-notation': true },
	banner: { js: requireShim },
	// React's development build keeps a performance entry per render, and Ink looks for devtools.
	define: { 'process.env.DEV': '"false"', 'process.env.NODE_ENV': '"production"' },
	plugins: [withoutDevtools, compiledValidator],
	metafile: true,
	logLevel: 'warning',
});
await chmod(join(outdir, 'cli.js'), 0o755);
await writeFile(join(outdir, 'third-party-licences.txt'), await licences(result.metafile.inputs));

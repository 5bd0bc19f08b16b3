import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { AtEnd } from './suites.ts';

// Packages that are CommonJS ask for `require`.
const requireShim =
	"import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/**
 * Bundles fake-screen.ts: started from its source it takes a second more of the processor each time.
 * @param atEnd when to remove it
 * @returns the path of the program
 */
export async function fakeScreenProgram(atEnd: AtEnd): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'fake-screen-'));
	atEnd(() => rm(folder, { recursive: true, force: true }));
	await build({
		entryPoints: [fileURLToPath(new URL('fake-screen.ts', import.meta.url))],
		outdir: folder,
		outExtension: { '.js': '.mjs' },
		bundle: true,
		// What Ink loads with DEV=true stays in a file of its own, and is never loaded.
		splitting: true,
		external: ['react-devtools-core'],
		format: 'esm',
		platform: 'node',
		target: 'node20',
		jsx: 'automatic',
		banner: { js: requireShim },
		define: { 'process.env.DEV': '"false"', 'process.env.NODE_ENV': '"production"' },
		logLevel: 'warning',
	});
	return join(folder, 'fake-screen.mjs');
}

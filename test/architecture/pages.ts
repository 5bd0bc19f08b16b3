/** The project's pages, and what of them can be compared with the program. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Every page, by its path below the project's root. */
export async function pages(): Promise<string[]> {
	const top = await readdir(root);
	const source = await readdir(join(root, 'source'), { recursive: true });
	return [...top, ...source.map((path) => join('source', path))].filter((path) =>
		path.endsWith('.md'),
	);
}

export function readPage(path: string): Promise<string> {
	return readFile(join(root, path), 'utf8');
}

/** The part of a page under a heading, without the headings of the same or a higher rank that follow. */
export function sectionOf(page: string, heading: string): string {
	const start = page.indexOf(`\n${heading}\n`);
	if (start < 0) throw new Error(`there is no heading ${heading}`);
	const rest = page.slice(start + heading.length + 1);
	const rank = heading.indexOf(' ');
	const end = rest.search(new RegExp(`\n#{1,${rank}} `));
	return end < 0 ? rest : rest.slice(0, end);
}

/** The rows of a section's tables, each as its cells; without heads and rules. */
export function tableRows(section: string): string[][] {
	const lines = section.split('\n').filter((line) => line.startsWith('|'));
	const isRule = (line: string | undefined) => line !== undefined && /^\|[\s|-]+$/.test(line);
	return lines
		.filter((line, index) => !isRule(line) && !isRule(lines[index + 1]))
		.map((line) =>
			line
				.slice(1, -1)
				.split(/(?<!\\)\|/)
				.map((cell) => cell.trim()),
		);
}

/** The texts in backticks. */
export function namesIn(text: string): string[] {
	return [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

export interface Link {
	/** The file or folder that it leads to, by its path on this machine. */
	path: string;
	/** The heading there, as GitHub names it. */
	anchor: string | null;
	/** As it is written. */
	written: string;
}

/** The links of a page that lead to something of the project. */
export function linksOf(path: string, page: string): Link[] {
	const targets = [...page.matchAll(/\]\(([^)\s]+)\)/g)].map(([, written = '']) => written);
	return targets
		.filter((written) => !/^[a-z]+:/.test(written))
		.map((written) => {
			const [file = '', anchor = null] = written.split('#');
			const to = file === '' ? join(root, path) : join(root, dirname(path), file);
			return { path: to, anchor, written };
		});
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(page: string): string[] {
	return [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
		heading
			.toLowerCase()
			.replace(/[^\p{L}\p{N}\s_-]/gu, '')
			.replaceAll(' ', '-'),
	);
}

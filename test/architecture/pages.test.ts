import { readdir, readFile, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import schema from '../../config.schema.json' with { type: 'json' };
import { type Command, exitCode } from '../../source/commands/command.ts';
import { writtenFlag } from '../../source/commands/flags.ts';
import { anchorsOf, linksOf, namesIn, pages, readPage, sectionOf, tableRows } from './pages.ts';
import { rooms } from './rooms.ts';

/** Every command of the program, wherever it is listed. */
async function commands(): Promise<Command[]> {
	const folder = new URL('../../source/commands/', import.meta.url);
	const files = (await readdir(folder)).filter((name) => name.endsWith('.ts'));
	const exported = await Promise.all(
		files.map(async (name) => Object.values(await import(new URL(name, folder).href))),
	);
	return exported.flat().filter(isCommand);
}

function isCommand(value: unknown): value is Command {
	return typeof value === 'object' && value !== null && 'words' in value && 'flags' in value;
}

it('the pages have no link that leads nowhere', async () => {
	const dead: string[] = [];
	for (const page of await pages()) {
		for (const { path, anchor, written } of linksOf(page, await readPage(page))) {
			const exists = await stat(path).then(
				() => true,
				() => false,
			);
			const anchors = exists && anchor ? anchorsOf(await readFile(path, 'utf8')) : [];
			if (!exists || (anchor && !anchors.includes(anchor))) dead.push(`${page}: ${written}`);
		}
	}
	expect(dead).toEqual([]);
});

describe('architecture.md', () => {
	it('has every room, with its folders in their order', async () => {
		const page = sectionOf(await readPage('source/architecture.md'), '## Rooms');
		const told = tableRows(page).map(([room = '', , folders = '']) => [
			namesIn(room)[0],
			namesIn(folders),
		]);
		expect(told).toEqual(Object.entries(rooms).map(([name, { folders = [] }]) => [name, folders]));
	});
});

describe('contract.md', () => {
	it('has every command with its flags', async () => {
		const page = sectionOf(await readPage('source/contract.md'), '## Commands');
		const told = new Map(
			tableRows(page).map(([command = '', flags = '']) => [
				namesIn(command)[0]?.split(' ')[0] ?? 'none',
				namesIn(flags).toSorted(),
			]),
		);
		const real = new Map((await commands()).map(({ name, flags }) => [name, namesOf(flags)]));
		expect(told).toEqual(new Map([['none', []], ...real]));
	});

	it('has every exit code', async () => {
		const page = sectionOf(await readPage('source/contract.md'), '## Exit codes');
		const told = tableRows(page).flatMap(([code = '']) => (/^\d+$/.test(code) ? Number(code) : []));
		expect(told.toSorted()).toEqual(Object.values(exitCode).toSorted());
	});

	it('has every key of the configuration', async () => {
		const page = sectionOf(await readPage('source/contract.md'), '## Configuration');
		const told = new Set(tableRows(page).flatMap(([key = '']) => namesIn(key)));
		const { pair, end } = schema.$defs;
		const objects = [schema.properties, pair.properties, end.properties];
		expect(told).toEqual(new Set(objects.flatMap((properties) => Object.keys(properties))));
	});
});

function namesOf(flags: Command['flags']): string[] {
	return flags.map(writtenFlag).toSorted();
}

import { dirname } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type SourceFile, sourceFiles } from './imports.ts';
import { mostFiles, rooms } from './rooms.ts';

let files: SourceFile[];

beforeAll(async () => {
	files = await sourceFiles();
});

/** The room of a file: the longest one that its path begins with. */
function roomOf(path: string): string {
	const names = Object.keys(rooms).filter(
		(name) => path.startsWith(`${name}/`) || path.replace(/\.tsx?$/, '') === name,
	);
	const name = names.sort((one, other) => other.length - one.length)[0];
	if (name === undefined)
		throw new Error(`${path} stands in no room of test/architecture/rooms.ts`);
	return name;
}

/** The floor of a file within its room; files in the room itself are at the top. */
function floorOf(path: string): number {
	const room = roomOf(path);
	const folders = rooms[room]?.folders ?? [];
	const [folder = ''] = path.slice(room.length + 1).split('/');
	if (path.split('/').length === room.split('/').length + 1) return folders.length;
	const floor = folders.indexOf(folder);
	if (floor < 0)
		throw new Error(`${path} stands in a folder that test/architecture/rooms.ts lacks`);
	return floor;
}

function mayImport(from: string, to: string): boolean {
	const [here, there] = [roomOf(from), roomOf(to)];
	if (here === there) {
		return dirname(from) === dirname(to) || floorOf(from) > floorOf(to);
	}
	const allowed = rooms[here]?.imports ?? [];
	return allowed.some((name) => name === there || to.startsWith(`${name}/`));
}

describe('the rooms of the source', () => {
	it('import only what the table allows, so that no import goes up or in a circle', () => {
		const upward = files.flatMap(({ path, imports }) =>
			imports.filter((to) => !mayImport(path, to)).map((to) => `${path} imports ${to}`),
		);
		expect(upward).toEqual([]);
	});

	it('are listed lowest first: none may import a room that is listed after it', () => {
		const names = Object.keys(rooms);
		for (const [index, name] of names.entries()) {
			const below = names.slice(0, index);
			for (const to of rooms[name]?.imports ?? []) {
				expect(below, `${name} may import ${to}`).toContain(to.split('/')[0]);
			}
		}
	});

	it('leave no folder of the table empty', () => {
		for (const [room, { folders = [] }] of Object.entries(rooms)) {
			for (const folder of folders) {
				const inside = files.filter(({ path }) => path.startsWith(`${room}/${folder}/`));
				expect(inside, `${room}/${folder}`).not.toEqual([]);
			}
		}
	});

	it(`hold at most ${mostFiles} files in one folder`, () => {
		const counts = new Map<string, number>();
		for (const { path } of files) {
			counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
		}
		expect([...counts].filter(([, count]) => count > mostFiles)).toEqual([]);
	});
});

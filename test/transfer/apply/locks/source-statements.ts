/** The statements that lock rows, as they are written in the program's source. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../../../../source/', import.meta.url));

export interface SourceStatement {
	/** The file below `source/` that it is written in. */
	file: string;
	/** Its text, an ellipsis for each expression in it. */
	text: string;
	/** What fits a statement that was made of it. */
	pattern: RegExp;
}

/** The placeholder of an expression in a template. */
const expression = '…';

/** Texts that begin a statement which locks rows of its own accord; INSERT names its rows by itself. */
const locks =
	/^(UPDATE (IGNORE )?\S+ (FORCE|SET)\b|DELETE\b.*\bFROM\b|SELECT\b.*(FOR UPDATE|LOCK IN SHARE MODE)$)/;

/** Files whose statements are shown to a person and never run, or have no key to go by. */
const excepted = new Set([
	'engine/survey/rekeyed-tables.ts',
	'engine/survey/interruption-findings.ts',
	'engine/survey/uncaptured-findings.ts',
	// Completes an older change log, before an ALTER TABLE that waits for every writer in any case.
	'changelog/log/migrate.ts',
	// Run by a trigger, in the application's session: see test/capture/cascade-locks.test.ts.
	'capture/cascades/cascades.ts',
	'capture/cascades/circle-rows.ts',
	'capture/cascades/path-rows.ts',
]);

/** Cures: statements that are shown to a person and never run, in files that run others. */
const cures: Record<string, readonly string[]> = {
	'changelog/log/check-entry.ts': [
		'DELETE FROM change_log …',
		'UPDATE change_log SET … = … …',
		'UPDATE … SET … = … WHERE …',
	],
	'changelog/next-ids.ts': [
		'DELETE FROM change_log WHERE id = …; ALTER TABLE change_log AUTO_INCREMENT = 1',
	],
	'changelog/tables/conflict-versions.ts': ["DELETE FROM … WHERE conflict = … AND side = '…'"],
	'changelog/tables/receipts.ts': ['DELETE FROM change_log_receipts WHERE peer = …'],
	'engine/run/prepare.ts': ['DELETE FROM … …', 'UPDATE … SET table_name = … …'],
};

export async function sourceStatements(): Promise<SourceStatement[]> {
	const statements: SourceStatement[] = [];
	const entries = await readdir(source, { recursive: true, withFileTypes: true });
	for (const entry of entries) {
		const path = join(entry.parentPath, entry.name);
		const file = relative(source, path);
		if (!entry.isFile() || !/\.tsx?$/.test(file) || /^demo\//.test(file)) continue;
		if (excepted.has(file)) continue;
		for (const found of textsIn(await readFile(path, 'utf8'))) {
			const text = flat(found);
			if (locks.test(text) && !cures[file]?.includes(text))
				statements.push({ file, text, pattern: patternOf(text) });
		}
	}
	return statements;
}

/** A statement on one line. */
export function flat(text: string): string {
	return text.replaceAll(/\s+/g, ' ').trim();
}

function patternOf(text: string): RegExp {
	const parts = text
		.split(expression)
		.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
	return new RegExp(`^${parts.join('.*')}`);
}

/** The texts of all strings and templates, those within expressions of others too. */
function textsIn(code: string): string[] {
	const texts: string[] = [];
	let at = 0;
	const readTemplate = (): void => {
		let text = '';
		for (at += 1; at < code.length && code[at] !== '`'; at += 1) {
			if (code[at] === '\\') at += 1;
			if (code.startsWith('${', at)) {
				at += 2;
				readExpression();
				text += expression;
			} else text += code[at];
		}
		texts.push(text);
	};
	const readExpression = (): void => {
		for (let depth = 1; at < code.length; at += 1) {
			if (code[at] === '`') readTemplate();
			else if (code[at] === '{') depth += 1;
			else if (code[at] === '}') depth -= 1;
			if (depth === 0) return;
		}
	};
	const comment = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/y;
	const string = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/y;
	const pattern = /(?<=[(,=:!&|?[{;]\s*)\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
	const skips = [comment, string, pattern];
	for (; at < code.length; at += 1) {
		const skipped = skips.flatMap((skip) => {
			skip.lastIndex = at;
			return skip.exec(code)?.[0] ?? [];
		});
		if (skipped[0]) {
			at += skipped[0].length - 1;
			if (/^['"]/.test(skipped[0])) texts.push(skipped[0].slice(1, -1));
		} else if (code[at] === '`') readTemplate();
	}
	return texts;
}

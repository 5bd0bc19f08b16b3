import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The public sample database, which lies beside the project and not in it. */
const path = fileURLToPath(new URL('../../../shared/data/chinook.sql', import.meta.url));

export const hasChinook = existsSync(path);

/** The statements of the sample: its tables and constraints, and the statements that fill it. */
export function readChinook(): { schema: string[]; data: string[] } {
	const text = readFileSync(path, 'utf8').replaceAll(/\/\*.*?\*\//gs, '');
	const statements = text
		.split(/;\s*\n/)
		.map((statement) => statement.trim())
		.filter((statement) => statement !== '' && !/^(DROP|CREATE) DATABASE|^USE /.test(statement));
	return {
		schema: statements.filter((statement) => /^(CREATE|ALTER) /.test(statement)),
		data: statements.filter((statement) => statement.startsWith('INSERT')),
	};
}

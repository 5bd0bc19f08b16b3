/** Ways to put right what was found: a statement to run on a side, a command, or a key of the screen. */
import { oneLine } from './one-line.ts';

type CureSide = 'local' | 'cloud';

/** The purpose of a cure, if it is not simply a fix. */
export type Purpose = keyof typeof purposes;

export type Cure = { purpose?: Purpose } & (
	| { side: CureSide; sql: string }
	| { side?: CureSide; command: string }
	| { key: string }
);

/** The part of a cure that `y` copies. */
export interface CopyableCure {
	kind: 'statement' | 'command';
	text: string;
}

const others: Record<CureSide, CureSide> = { local: 'cloud', cloud: 'local' };

const purposes = {
	/** Changes that are pending are to arrive. */
	deliver: () => 'Deliver the changes',
	/** They are to be given up. */
	discard: () => 'Discard the changes',
	/** One entry of the change log is to be given up. */
	discard_entry: () => 'Discard the entry',
	/** Its row is to travel all the same. */
	send_row: () => 'To send its row instead',
	/** The same if the entry does not name the row. */
	if_row_known: () => 'If you know which row it was meant for, send that row',
	/** Every row of a side is to travel. */
	send_rows: (side: CureSide) =>
		`Send all rows of ${side} to ${others[side]}, overwriting rows with the same key`,
	/** The same of several tables, of which the statement names the first. */
	send_rows_each: (side: CureSide) =>
		`For each table, send all rows of ${side} to ${others[side]}, overwriting rows with the same key`,
	/** Rows that were deleted on the other side are to be restored there. */
	restore_rows: (side: CureSide) => `Bring the rows back to ${others[side]}`,
	/** Something is unresolved. */
	list: () => 'List them',
	/** Both sides were compared, and are right. */
	settle: () => 'Once both sides are right',
	/** The two sides may differ. */
	accept: () => 'Leave both sides as they are',
	/** Key columns were only renamed. */
	if_columns_renamed: () => 'If the columns were only renamed',
	/** A database takes the place of another one for good. */
	if_replaced: () => "If it takes the other's place for good",
	if_renamed: () => 'If the table was renamed',
	if_dropped: () => 'If it was dropped',
	/** A table is the old change log under another name. */
	if_old_log: () => 'If it is the old change log, restore it',
	/** Entries of the old change log are to be copied into the new one. */
	if_old_log_copy: () => 'If it is the old change log, restore its changes',
	/** Ids were not used up by one wild entry. */
	if_ids_used: () => 'If ids really grew that far',
} satisfies Record<string, (side: CureSide) => string>;

/** `Fix (cloud): ALTER TABLE …`; several are separated by semicolons, and statements come last. */
export function cureText(cures: readonly Cure[]): string {
	const keys = cures.flatMap((cure) => ('key' in cure ? [cure.key] : []));
	const rest = cures.filter((cure) => !('key' in cure));
	const press = keys.length === 0 ? '' : `press \`${keys.join('` or `')}\``;
	if (rest.length === 0) return press === '' ? '' : `Fix: ${press}`;
	return oneLine(
		rest
			.map((cure, index) => {
				const side = 'side' in cure ? cure.side : undefined;
				const label = cure.purpose ? purposes[cure.purpose](side ?? 'local') : 'Fix';
				const head = side === undefined ? label : `${label} (${side})`;
				const what = 'sql' in cure ? cure.sql : 'command' in cure ? `run \`${cure.command}\`` : '';
				const whole = `${head}: ${index === 0 && press !== '' ? `${press}, or ${what}` : what}`;
				return index === 0 ? whole : `${whole.charAt(0).toLowerCase()}${whole.slice(1)}`;
			})
			.join('; '),
	);
}

/** A command of this program, fit for a shell: names are data and may hold anything. */
export function programCommand(...words: readonly string[]): string {
	return ['mysql-sync-tui', ...words].map(shellWord).join(' ');
}

function shellWord(word: string): string {
	return /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The cure to copy: the first statement, or otherwise the first command; null if there is neither. */
export function copyableCure(cures: readonly Cure[]): CopyableCure | null {
	for (const cure of cures) if ('sql' in cure) return { kind: 'statement', text: cure.sql };
	for (const cure of cures) if ('command' in cure) return { kind: 'command', text: cure.command };
	return null;
}

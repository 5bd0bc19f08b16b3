import schema from '../../config.schema.json' with { type: 'json' };
import { SyncError } from '../errors.ts';

const units: Record<string, number> = {
	ms: 1,
	s: 1000,
	m: 60_000,
	h: 3_600_000,
	d: 86_400_000,
	w: 604_800_000,
};

const longest = 36_500 * 86_400_000;

const wellFormed = new RegExp(schema.$defs.duration.pattern);

/**
 * Milliseconds of a duration such as `10m`, `200ms`, `1.5h` or `1h30m`.
 * @throws SyncError `config` for anything else, and for more than a hundred years
 */
export function parseDuration(text: string): number {
	if (!wellFormed.test(text)) {
		throw new SyncError('config', `"${text}" is not a duration`, {
			hint: 'Write a number with its unit, such as 10m, 200ms or 1h30m (ms, s, m, h, d or w).',
		});
	}
	let milliseconds = 0;
	for (const [, amount, unit] of text.matchAll(/([\d.]+)([a-z]+)/g)) {
		milliseconds += Number(amount) * (units[unit ?? ''] ?? Number.NaN);
	}
	if (milliseconds > longest) {
		throw new SyncError('config', `"${text}" is too long`, {
			hint: 'The maximum is a hundred years (36500d).',
		});
	}
	return Math.round(milliseconds);
}

/** What has changed between two plain values, so that a large one need not be sent for a small change. */

/** Leads from one value to the next; a table's name is data here, so that fields are listed, not named. */
export type SnapshotDifference =
	| { whole: unknown }
	| { fields: [name: string, difference: SnapshotDifference][]; gone: string[] }
	| { items: [index: number, difference: SnapshotDifference][] };

/** What leads from one plain value to another; null where they are equal. */
export function differenceOf(before: unknown, after: unknown): SnapshotDifference | null {
	if (Object.is(before, after)) return null;
	if (Array.isArray(before) && Array.isArray(after)) return itemsThatDiffer(before, after);
	if (isRecord(before) && isRecord(after)) return fieldsThatDiffer(before, after);
	return { whole: after };
}

/** The value that a difference leads to; what it does not touch stays the same object. */
export function withDifference(before: unknown, difference: SnapshotDifference): unknown {
	if ('whole' in difference) return difference.whole;
	if ('items' in difference) {
		const items = [...(before as unknown[])];
		for (const [index, item] of difference.items) items[index] = withDifference(items[index], item);
		return items;
	}
	const fields = new Map(Object.entries(before as object));
	for (const name of difference.gone) fields.delete(name);
	for (const [name, field] of difference.fields) {
		fields.set(name, withDifference(fields.get(name), field));
	}
	return Object.fromEntries(fields);
}

function itemsThatDiffer(before: unknown[], after: unknown[]): SnapshotDifference | null {
	if (before.length !== after.length) return { whole: after };
	const items: [number, SnapshotDifference][] = [];
	for (const [index, item] of after.entries()) {
		const difference = differenceOf(before[index], item);
		if (difference) items.push([index, difference]);
	}
	return items.length === 0 ? null : { items };
}

function fieldsThatDiffer(
	before: Record<string, unknown>,
	after: Record<string, unknown>,
): SnapshotDifference | null {
	const fields: [string, SnapshotDifference][] = [];
	for (const [name, value] of Object.entries(after)) {
		const difference = Object.hasOwn(before, name)
			? differenceOf(before[name], value)
			: { whole: value };
		if (difference) fields.push([name, difference]);
	}
	const gone = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
	return fields.length === 0 && gone.length === 0 ? null : { fields, gone };
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

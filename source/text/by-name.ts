/**
 * The entry of a record whose keys are names from outside: a table may be called `constructor`, which every
 * object has.
 */
export function byName<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
	return Object.hasOwn(record, name) ? record[name] : undefined;
}

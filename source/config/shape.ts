import type { ErrorObject } from 'ajv/dist/2020.js';
import type { ConfigFile } from './file.ts';
import { escapePointer } from './json.ts';
import { nearest } from './nearest.ts';
import type { Problem } from './problem.ts';
import { validate } from './validator.ts';

const typeNames: Record<string, string> = {
	object: 'an object: { … }',
	array: 'a list: [ … ]',
	string: 'text in double quotes',
	boolean: 'true or false',
};

/** Checks a value against config.schema.json; returns it typed, or every problem. */
export function checkShape(value: unknown): { file: ConfigFile } | { problems: Problem[] } {
	if (validate(value)) return { file: value };
	return { problems: (validate.errors ?? []).map(problem) };
}

function problem(error: ErrorObject): Problem {
	const { instancePath, keyword, params, parentSchema, data } = error;
	const child = (key: string) => `${instancePath}/${escapePointer(key)}`;
	switch (keyword) {
		case 'additionalProperties': {
			const key = String(params.additionalProperty);
			const known = Object.keys(parentSchema?.properties ?? {}).filter(
				(name) => name !== '$schema',
			);
			const advice = suggestion(key, known) ?? `known here: ${known.join(', ')}`;
			return { pointer: child(key), message: `is not a known key; ${advice}` };
		}
		case 'required':
			return { pointer: child(params.missingProperty), message: 'is missing' };
		case 'dependentRequired':
			return {
				pointer: child(params.missingProperty),
				message: `is missing: \`${params.property}\` requires it`,
			};
		case 'enum': {
			const allowed: string[] = params.allowedValues;
			const advice = suggestion(String(data), allowed);
			return {
				pointer: instancePath,
				message: `must be one of ${allowed.join(', ')}${advice === undefined ? '' : `; ${advice}`}`,
			};
		}
		default:
			return { pointer: instancePath, message: parentSchema?.errorMessage ?? plainMessage(error) };
	}
}

function plainMessage({ keyword, params, message }: ErrorObject): string {
	if (keyword !== 'type') return message ?? `fails "${keyword}"`;
	return `must be ${typeNames[params.type] ?? params.type}`;
}

function suggestion(word: string, known: readonly string[]): string | undefined {
	const meant = nearest(word, known);
	return meant === undefined ? undefined : `did you mean \`${meant}\`?`;
}

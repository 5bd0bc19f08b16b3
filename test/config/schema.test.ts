import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import schema from '../../config.schema.json' with { type: 'json' };
import { parseDuration } from '../../source/config/duration.ts';
import { load, pair, site } from './files.ts';

interface Part {
	$ref?: string;
	title?: string;
	description?: string;
	default?: unknown;
	examples?: unknown[];
	properties?: Record<string, Part>;
}

const definitions: Record<string, Part> = schema.$defs;
const file: Part = schema;

/** Every key that the file may hold, as [`object: key`, its part of the schema]. */
const keys = Object.entries({ file, ...definitions }).flatMap(([owner, { properties = {} }]) =>
	Object.entries(properties).map(([key, part]): [string, Part] => [`${owner}: ${key}`, part]),
);

test('the schema is a valid one', () => {
	expect(new Ajv2020({ strict: false }).validateSchema(schema)).toBe(true);
});

test('every key is explained, in a sentence, to whoever edits the file', () => {
	const unexplained = keys.filter(([, { description }]) => !/^\S.{10,}\.$/.test(description ?? ''));
	expect(unexplained.map(([key]) => key)).toEqual([]);
});

test('every default and every example is one that the schema accepts', () => {
	const parts = [...keys, ...Object.entries(definitions)];
	const values = parts.flatMap(([key, part]) => {
		const given = [...(part.examples ?? []), ...('default' in part ? [part.default] : [])];
		return given.map((value) => ({ key, part, value }));
	});
	const unfit = values.filter(({ part, value }) => {
		return !new Ajv2020({ strict: false }).validate({ ...part, $defs: definitions }, value);
	});
	expect(values.length).toBeGreaterThan(20);
	expect(unfit).toEqual([]);
});

test('what is left out gets the default that the schema gives', async () => {
	const { $defs, properties } = schema;
	const config = await load(site([pair({ local: { user: 'u', database: 'd', ssl: {} } })]));
	expect(config).toMatchObject({
		refresh: parseDuration(properties.refresh.default),
		readOnly: properties.read_only.default,
	});
	expect(config.pairs[0]).toMatchObject({
		enabled: $defs.pair.properties.enabled.default,
		interval: parseDuration(properties.interval.default),
		batchSize: properties.batch_size.default,
		maxBatchSize: properties.max_batch_size.default,
		conflict: properties.conflict.default,
		retention: parseDuration(properties.retention.default),
		autoInstall: properties.auto_install.default,
		local: {
			endpoints: [
				{ host: $defs.end.properties.host.default, port: $defs.end.properties.port.default },
			],
			tls: { verify: $defs.tls.properties.verify.default },
		},
	});
});

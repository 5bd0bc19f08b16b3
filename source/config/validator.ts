import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import schema from '../../config.schema.json' with { type: 'json' };
import type { ConfigFile } from './file.ts';

/** Compiles what checks a value against config.schema.json. */
export const ajv = new Ajv2020({
	allErrors: true,
	verbose: true,
	strictTypes: true,
	allowUnionTypes: true,
	// build.js writes the result out: compiling it takes a quarter of the time that a command takes to start.
	code: { source: true, esm: true },
}).addKeyword({ keyword: 'errorMessage', schemaType: 'string' });

/** Whether a value has the shape of config.schema.json; what is wrong with it is in `errors` after the call. */
export const validate: ValidateFunction<ConfigFile> = ajv.compile<ConfigFile>(schema);

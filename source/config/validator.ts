import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import schema from '../../config.schema.json' with { type: 'json' };
import type { ConfigFile } from './file.ts';

/** The validator for config.schema.json. */
export const ajv = new Ajv2020({
	allErrors: true,
	verbose: true,
	strictTypes: true,
	allowUnionTypes: true,
	// build.js writes out the compiled code: compiling takes a quarter of a command's start-up time.
	code: { source: true, esm: true },
}).addKeyword({ keyword: 'errorMessage', schemaType: 'string' });

/** True if a value matches config.schema.json; otherwise `errors` has the reasons after the call. */
export const validate: ValidateFunction<ConfigFile> = ajv.compile<ConfigFile>(schema);

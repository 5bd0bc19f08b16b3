import { expect, test } from 'vitest';
import schema from '../../config.schema.json' with { type: 'json' };
import { typesOfSchema } from './schema-types.ts';

test('the types of a configuration file are those of config.schema.json', async () => {
	await expect(typesOfSchema(schema)).toMatchFileSnapshot('../../source/config/file.ts');
});

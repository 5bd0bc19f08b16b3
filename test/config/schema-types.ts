/** The part of JSON Schema that config.schema.json uses to say what type a value has. */
export interface Schema {
	$ref?: string;
	$defs?: Record<string, Schema>;
	type?: string | string[];
	enum?: string[];
	properties?: Record<string, Schema>;
	required?: string[];
	items?: Schema;
}

const scalars: Record<string, string> = {
	string: 'string',
	integer: 'number',
	number: 'number',
	boolean: 'boolean',
};

/** The TypeScript interfaces of a schema and of the objects among its definitions. */
export function typesOfSchema(schema: Schema): string {
	const definitions = schema.$defs ?? {};

	const typeOf = (part: Schema, name?: string): string => {
		if (part.$ref !== undefined) {
			const target = part.$ref.replace('#/$defs/', '');
			return typeOf(definitions[target] ?? {}, target);
		}
		if (part.enum !== undefined) return part.enum.map((value) => `'${value}'`).join(' | ');
		const types = [part.type ?? []].flat().map((type) => {
			if (type === 'object' && name !== undefined) return interfaceName(name);
			if (type === 'array') return `${typeOf(part.items ?? {})}[]`;
			return scalars[type] ?? 'unknown';
		});
		return types.join(' | ');
	};
	const declaration = (name: string, { properties = {}, required = [] }: Schema): string => {
		const members = Object.entries(properties).map(
			([key, property]) => `\t${key}${required.includes(key) ? '' : '?'}: ${typeOf(property)};\n`,
		);
		return `export interface ${name} {\n${members.join('')}}\n`;
	};

	const objects = Object.entries(definitions).filter(([, { properties }]) => properties);
	return [
		'// Generated from config.schema.json: npx vitest run test/config/file.test.ts -u\n',
		declaration('ConfigFile', schema),
		...objects.map(([name, definition]) => declaration(interfaceName(name), definition)),
	].join('\n');
}

function interfaceName(definition: string): string {
	return `${definition[0]?.toUpperCase()}${definition.slice(1)}Entry`;
}

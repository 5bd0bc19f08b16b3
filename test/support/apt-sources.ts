/** Where this machine gets its Debian packages from, read from its own apt sources. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A mirror, as the fields that a deb822 stanza needs to trust it as the machine does. */
export interface Mirror {
	uri: string;
	/** `Signed-By: …` or `Trusted: …` lines, as the machine's own source has them. */
	trust: readonly string[];
}

/** The mirrors that hold a main component of a Debian suite, those of Debian itself first. */
export async function debianMirrors(folder = '/etc/apt'): Promise<Mirror[]> {
	const parts = join(folder, 'sources.list.d');
	const names = (await readdir(parts).catch(() => [])).sort();
	const files = [join(folder, 'sources.list'), ...names.map((name) => join(parts, name))];
	const mirrors: Mirror[] = [];
	for (const file of files) {
		const text = await readFile(file, 'utf8').catch(() => '');
		if (file.endsWith('.sources')) mirrors.push(...fromStanzas(text));
		else if (file.endsWith('.list')) mirrors.push(...fromLines(text));
	}
	const unique = new Map(mirrors.map((mirror) => [mirror.uri, mirror]));
	// Others keep packages for Debian too; they have no unstable suite, so they are tried last.
	return [...unique.values()].sort((a, b) => Number(isDebians(b)) - Number(isDebians(a)));
}

function isDebians({ uri }: Mirror): boolean {
	return /(^|[/.])debian\.org\/|\/debian\/?$|^mirror\+file:/.test(uri);
}

const keyring = /signed-by=(\S+)/i;

/** The one-line format: `deb [options] uri suite component…`. */
function fromLines(text: string): Mirror[] {
	return text.split('\n').flatMap((line) => {
		const match = line.match(/^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+(.+)$/);
		if (!match) return [];
		const [, options = '', uri = '', suite = '', components = ''] = match;
		if (!isMainOfDebian([suite], components.split('#')[0]?.split(/\s+/) ?? [])) return [];
		const key = options.match(keyring)?.[1];
		const trust = [
			...(key ? [`Signed-By: ${key.replaceAll(',', ' ')}`] : []),
			...(/trusted=yes/i.test(options) ? ['Trusted: yes'] : []),
		];
		return [{ uri, trust }];
	});
}

/** The deb822 format: stanzas of `Field: value`, a value going on in indented lines. */
function fromStanzas(text: string): Mirror[] {
	const withoutComments = text.replaceAll(/^#.*\n?/gm, '');
	return withoutComments.split(/\n\s*\n/).flatMap((stanza) => {
		const fields = stanza.split(/\n(?=\S)/);
		const field = (name: string) =>
			fields.find((candidate) => candidate.toLowerCase().startsWith(`${name.toLowerCase()}:`));
		const words = (name: string) =>
			(field(name) ?? '')
				.slice(name.length + 1)
				.split(/\s+/)
				.filter(Boolean);
		const enabled = !words('Enabled').includes('no') && words('Types').includes('deb');
		if (!enabled || !isMainOfDebian(words('Suites'), words('Components'))) return [];
		const trust = ['Signed-By', 'Trusted'].flatMap((name) => field(name)?.trimEnd() ?? []);
		return words('URIs').map((uri) => ({ uri, trust }));
	});
}

/** A suite of updates or security fixes lies on its own, often without any other beside it. */
function isMainOfDebian(suites: readonly string[], components: readonly string[]): boolean {
	return components.includes('main') && suites.some((suite) => /^[a-z]+$/.test(suite));
}

/** The bindings' names for the keys that Ink reports. */

import type { Key } from 'ink';

const named = [
	['upArrow', 'up'],
	['downArrow', 'down'],
	['leftArrow', 'left'],
	['rightArrow', 'right'],
	['pageUp', 'pageup'],
	['pageDown', 'pagedown'],
	['home', 'home'],
	['end', 'end'],
	['return', 'enter'],
	['backspace', 'backspace'],
	['delete', 'delete'],
] as const satisfies [keyof Key, string][];

const controls: Record<string, string> = { '\r': 'enter', '\n': 'enter', '\t': 'tab' };

/** A control character as Ctrl and its letter. */
function controlName(character: string): string | undefined {
	const code = character.charCodeAt(0);
	if (code >= 0x20) return undefined;
	return controls[character] ?? `ctrl-${String.fromCharCode(code + 0x60)}`;
}

/**
 * The names of the keys in one report. A slow line delivers several keystrokes as one
 * text; each of them counts. Esc followed at once by a key arrives as Alt and that
 * key: both count, as nothing here is bound to Alt.
 */
export function keyNames(input: string, key: Key): string[] {
	if (key.tab) return [key.shift ? 'shift-tab' : 'tab'];
	for (const [property, name] of named) if (key[property]) return [name];
	if (key.ctrl && input.length === 1) return [`ctrl-${input}`];
	const typed = [...input].map((character) => controlName(character) ?? character);
	return key.escape || key.meta ? ['escape', ...typed] : typed;
}

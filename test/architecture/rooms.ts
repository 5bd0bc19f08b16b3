/**
 * Which folder of `source/` may import which. It is drawn in source/architecture.md.
 *
 * Rooms stand in layers: each may import what its `imports` name, and nothing else. Within a room,
 * a folder may import the folders listed before it; files that stand in the room itself come last.
 */
export interface Room {
	/** Other rooms that this one may import; a path such as `engine/api` allows that folder only. */
	imports: readonly string[];
	/** Its folders, lowest first. */
	folders?: readonly string[];
}

/** Rooms, lowest first. */
export const rooms: Record<string, Room> = {
	text: { imports: [] },
	errors: { imports: ['text'] },
	terminal: { imports: ['text', 'errors'] },
	config: { imports: ['text', 'errors'] },
	database: {
		imports: ['config', 'errors', 'text'],
		folders: [
			'sql',
			'connection',
			'rights',
			'catalogue',
			'values',
			'rows',
			'pairing',
			'definition',
		],
	},
	changelog: {
		imports: ['database', 'config', 'errors', 'text'],
		folders: ['session', 'log', 'tables'],
	},
	capture: {
		imports: ['changelog', 'database', 'config', 'errors', 'text'],
		folders: ['cascades'],
	},
	transfer: {
		imports: ['changelog', 'database', 'config', 'errors', 'text'],
		folders: ['rows', 'fetch', 'attempt', 'constraints', 'conflicts', 'side-effects', 'apply'],
	},
	engine: {
		imports: ['transfer', 'capture', 'changelog', 'database', 'config', 'errors', 'text'],
		folders: [
			'api',
			'shared',
			'survey',
			'uptake',
			'install',
			'lease',
			'records',
			'run',
			'monitor',
			'pair',
		],
	},
	'engine/thread': { imports: ['engine', 'config', 'errors', 'text'] },
	ui: {
		imports: ['engine/api', 'terminal', 'config', 'errors', 'text'],
		folders: [
			'state',
			'keys',
			'lists',
			'drawing',
			'components',
			'actions',
			'hooks',
			'screens',
			'app',
		],
	},
	demo: { imports: ['config', 'errors', 'text'], folders: ['servers'] },
	commands: {
		imports: [
			'ui',
			'demo',
			'engine',
			'engine/thread',
			'transfer',
			'changelog',
			'database',
			'terminal',
			'config',
			'errors',
			'text',
		],
	},
	cli: { imports: ['commands', 'terminal', 'config', 'errors', 'text'] },
};

/** Files in one folder, at most: beyond it, a reader no longer finds the one that is wanted. */
export const mostFiles = 24;

import { SyncError } from '../errors.ts';
import type { Command } from './command.ts';
export const demo: Command = {
	name: 'demo',
	usage: '[--headless [--seconds N]]',
	summary: 'two throwaway servers, sample data and a live workload, with the UI on them',
	flags: ['headless', 'seconds'],
	run: async () => {
		throw new SyncError('environment', 'not built');
	},
};

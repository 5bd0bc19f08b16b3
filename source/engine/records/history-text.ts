import { nameHolder } from '../lease/lease-row.ts';
import { plainTime } from '../shared/utc.ts';
import type { HistoryEvent } from './history.ts';

/** Describes one event of a row, without its time and side. */
export function describeEvent(event: HistoryEvent): string {
	const { operation, source_node, made_at, applied_nodes, by, conflict, parked } = event;
	switch (event.event) {
		case 'captured':
			return `${operation} made here; applied by: ${applied_nodes.join(', ') || 'no node yet'}`;
		case 'applied': {
			const who = by === null ? '' : `, by ${nameHolder(by)}`;
			const made = made_at === null ? '' : ` of ${plainTime(made_at)}`;
			return `${operation} from ${source_node}${made} applied${who}`;
		}
		case 'conflict': {
			const kept = conflict?.kept ?? null;
			return `conflict ${conflict?.id}: ${kept === null ? 'unresolved' : `winner ${kept}`}`;
		}
		case 'parked': {
			const times = parked?.attempts === 1 ? 'once' : `${parked?.attempts} times`;
			const [what = '', ...hints] = (parked?.message ?? '').split(/\s*\n\s*/);
			const why = [what, ...hints].join(' — ');
			return `${operation} refused by the other side, ${times}: ${why}`;
		}
	}
}

import {
	type RememberedDatabase,
	readIdentity,
	readRemembered,
} from '../../changelog/tables/database-identity.ts';
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import { programCommand } from '../../text/cures.ts';
import { errorFrom } from '../api/messages.ts';
import { runFinding } from '../api/run-messages.ts';
import { otherSide } from '../api/side-ids.ts';
import type { Connections } from '../shared/connections.ts';

/** A side whose node id the other side remembers for another database. */
export interface SharedNodeId {
	side: Side;
	/** The database that the id belongs to. */
	owner: RememberedDatabase;
	/** The server and name of the database that uses the id now. */
	place: string;
}

/** The sides of a pair that use the node id of another database. Reads only. */
export async function findSharedNodeIds(
	connections: Connections,
	pair: PairConfig,
): Promise<SharedNodeId[]> {
	const looks = await Promise.all(
		sides.map(async (side) => {
			const owner = await readRemembered(connections[otherSide(side)], pair[side].nodeId);
			if (!owner) return [];
			const { id, place } = await readIdentity(connections[side]);
			return id === owner.id || place === owner.place ? [] : [{ side, owner, place }];
		}),
	);
	return looks.flat();
}

/**
 * Refuses a pair with a side that uses the node id of another database: each of the two would get only the
 * changes that the other has not fetched.
 * @throws SyncError `config`
 */
export async function refuseSharedNodeIds(
	connections: Connections,
	pair: PairConfig,
): Promise<void> {
	const [shared] = await findSharedNodeIds(connections, pair);
	if (!shared) return;
	const { side, owner, place } = shared;
	const node = pair[side].nodeId;
	const facts = { node, seenAt: owner.seenAt, ownerPlace: owner.place, place };
	const command = programCommand('forget', pair.name, node);
	const finding = runFinding('node_id_taken', { side }, facts, [
		{ command, purpose: 'if_replaced' },
	]);
	throw errorFrom('config', finding, { pair: pair.name });
}

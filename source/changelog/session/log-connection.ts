import { Connection } from '../../database/connection/connection.ts';
import { ClockSkew } from './clock-skew.ts';
import { LoopMarker } from './loop-marker.ts';
import { NodeLists } from './node-lists.ts';

/**
 * A connection to a database that has a change log. It owns what this program knows about the session and the
 * log. All of it starts and ends with the connection.
 */
export class LogConnection extends Connection {
	readonly nodeLists = new NodeLists(this);
	readonly loopMarker = new LoopMarker(this);
	/** The clock skew of other servers against this one. */
	readonly clockSkew = new ClockSkew(this);
}

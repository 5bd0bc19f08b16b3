import { Connection } from '../../database/connection/connection.ts';
import { ClockSkew } from './clock-skew.ts';
import { LoopMarker } from './loop-marker.ts';
import { NodeLists } from './node-lists.ts';

/**
 * A connection to a database that has a change log. It owns what this program knows of the session and of
 * the log that it leads to: all of it begins with the connection, and ends with it.
 */
export class LogConnection extends Connection {
	readonly nodeLists = new NodeLists(this);
	readonly loopMarker = new LoopMarker(this);
	/** By how much the clocks of other servers are ahead of this one's. */
	readonly clockSkew = new ClockSkew(this);
}

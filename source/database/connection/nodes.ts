/** The nodes of one side (`hosts`), of which one at a time is in use. */
import type { EndConfig, Endpoint } from '../../config/types.ts';
import { SyncError } from '../../errors.ts';

/** The address of a server. */
export type NodePlace = Endpoint | { socketPath: string };

/** `host:port`, or the path of a socket. */
export function nodePlaceName(place: NodePlace): string {
	if ('socketPath' in place) return place.socketPath;
	const { host, port } = place;
	return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * The node in use, and why others are not. All connections of a side share this, so that they switch nodes
 * together: what one node commits may become visible later on another.
 *
 * A node stays in use until it fails. The others are then tried in turn, the failed
 * one last. Two nodes therefore never alternate while one of them works, and a
 * failed node is tried again once its successor fails.
 */
export class Nodes {
	static readonly #byEnd = new WeakMap<EndConfig, Nodes>();
	readonly #places: readonly NodePlace[];
	readonly #failures = new Map<NodePlace, SyncError>();
	/** Index of the node in use. */
	#current = 0;

	/** The nodes of a side, shared by all its connections. */
	static of(end: EndConfig): Nodes {
		const known = Nodes.#byEnd.get(end);
		if (known) return known;
		const nodes = new Nodes(
			end.socket === undefined ? end.endpoints : [{ socketPath: end.socket }],
		);
		Nodes.#byEnd.set(end, nodes);
		return nodes;
	}

	private constructor(places: readonly NodePlace[]) {
		this.#places = places;
	}

	/** Number of nodes. */
	get size(): number {
		return this.#places.length;
	}

	/** The node in use, or the first to try. */
	get inUse(): NodePlace | undefined {
		return this.#places[this.#current];
	}

	/** In the order in which they are to be tried. */
	get inTurn(): NodePlace[] {
		return [...this.#places.slice(this.#current), ...this.#places.slice(0, this.#current)];
	}

	isInUse(place: NodePlace): boolean {
		return this.inUse === place;
	}

	/** Uses a node from now on. */
	use(place: NodePlace): void {
		this.#current = Math.max(this.#places.indexOf(place), 0);
		this.#failures.delete(place);
	}

	/** Records why a node is unusable. If it was in use, the next one is tried first. */
	leave(place: NodePlace, failure: SyncError): void {
		this.#failures.set(place, failure);
		if (this.isInUse(place)) this.#current = (this.#current + 1) % this.#places.length;
	}

	/** The unusable nodes, each with the node in use and the reason; empty if all are usable. */
	get left(): { node: string; reason: string; inUse: string }[] {
		const current = this.inUse;
		if (current === undefined) return [];
		return this.#places.flatMap((place) => {
			const failure = this.#failures.get(place);
			if (!failure || place === current) return [];
			const { message: reason } = failure;
			return { node: nodePlaceName(place), reason, inUse: nodePlaceName(current) };
		});
	}

	/** The error if no node is usable: that of the only node, or of all, each with its name. */
	unusable(): SyncError {
		const failures = this.#places.flatMap((place) => this.#failures.get(place) ?? []);
		const [first] = failures;
		if (!first) return new SyncError('internal', 'no endpoint is configured');
		if (this.#places.length === 1) return first;
		const words = this.#places.flatMap((place) => {
			const failure = this.#failures.get(place);
			return failure ? `${nodePlaceName(place)}: ${failure.message}` : [];
		});
		const hints = [...new Set(failures.flatMap(({ hint }) => hint ?? []))];
		// A reachable node may become usable soon.
		const gravest = failures.find(({ code }) => code !== 'unreachable') ?? first;
		return new SyncError(gravest.code, `no node can be used (${words.join('; ')})`, {
			...gravest.place,
			hint: hints.join(' '),
			errno: gravest.errno,
			cause: gravest.cause,
		});
	}
}

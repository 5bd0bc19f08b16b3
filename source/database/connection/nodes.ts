/** The nodes of one end (`hosts`), of which one at a time is in use. */
import type { EndConfig, Endpoint } from '../../config/types.ts';
import { SyncError } from '../../errors.ts';

/** Where a server is reached. */
export type Place = Endpoint | { socketPath: string };

/** `host:port`, or the path of a socket. */
export function placeName(place: Place): string {
	if ('socketPath' in place) return place.socketPath;
	const { host, port } = place;
	return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * Which node of an end is in use, and why others are not. All connections of an end share this, so that
 * they move to another node together: what one node commits may be visible on the next one later.
 *
 * A node stays in use until it fails. The others are then tried in turn, the failed one last. So two
 * nodes never take turns while one of them works, and a node that was left is tried again once the one
 * that took its place fails.
 */
export class Nodes {
	static readonly #byEnd = new WeakMap<EndConfig, Nodes>();
	readonly #places: readonly Place[];
	readonly #failures = new Map<Place, SyncError>();
	/** The position of the one in use. */
	#current = 0;

	/** The nodes of an end, the same for all its connections. */
	static of(end: EndConfig): Nodes {
		const known = Nodes.#byEnd.get(end);
		if (known) return known;
		const nodes = new Nodes(
			end.socket === undefined ? end.endpoints : [{ socketPath: end.socket }],
		);
		Nodes.#byEnd.set(end, nodes);
		return nodes;
	}

	private constructor(places: readonly Place[]) {
		this.#places = places;
	}

	/** How many there are. */
	get size(): number {
		return this.#places.length;
	}

	/** The one in use, or to be tried first. */
	get inUse(): Place | undefined {
		return this.#places[this.#current];
	}

	/** In the order in which they are to be tried. */
	get inTurn(): Place[] {
		return [...this.#places.slice(this.#current), ...this.#places.slice(0, this.#current)];
	}

	isInUse(place: Place): boolean {
		return this.inUse === place;
	}

	/** Uses a node from now on. */
	use(place: Place): void {
		this.#current = Math.max(this.#places.indexOf(place), 0);
		this.#failures.delete(place);
	}

	/** Notes why a node cannot be used; if it was in use, the next one is tried first. */
	leave(place: Place, failure: SyncError): void {
		this.#failures.set(place, failure);
		if (this.isInUse(place)) this.#current = (this.#current + 1) % this.#places.length;
	}

	/** Which nodes were left, which one is in use instead, and why; nothing where all are well. */
	get left(): { node: string; reason: string; inUse: string }[] {
		const current = this.inUse;
		if (current === undefined) return [];
		return this.#places.flatMap((place) => {
			const failure = this.#failures.get(place);
			if (!failure || place === current) return [];
			const { message: reason } = failure;
			return { node: placeName(place), reason, inUse: placeName(current) };
		});
	}

	/** The error where no node can be used: the only one's, or all of them, each with its node. */
	unusable(): SyncError {
		const failures = this.#places.flatMap((place) => this.#failures.get(place) ?? []);
		const [first] = failures;
		if (!first) return new SyncError('internal', 'no endpoint is configured');
		if (this.#places.length === 1) return first;
		const words = this.#places.flatMap((place) => {
			const failure = this.#failures.get(place);
			return failure ? `${placeName(place)}: ${failure.message}` : [];
		});
		const hints = [...new Set(failures.flatMap(({ hint }) => hint ?? []))];
		// A node that answers may serve soon.
		const gravest = failures.find(({ code }) => code !== 'unreachable') ?? first;
		return new SyncError(gravest.code, `no node can be used (${words.join('; ')})`, {
			...gravest.place,
			hint: hints.join(' '),
			errno: gravest.errno,
			cause: gravest.cause,
		});
	}
}

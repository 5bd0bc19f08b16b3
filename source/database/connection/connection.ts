import { setTimeout as pause } from 'node:timers/promises';
import type {
	Connection as DriverConnection,
	FieldPacket,
	ResultSetHeader,
	RowDataPacket,
} from 'mysql2/promise';
import type { EndConfig } from '../../config/types.ts';
import { asSyncError, SyncError } from '../../errors.ts';
import { fillIn, TextBytes, type Value } from '../sql/literals.ts';
import { type Answer, Together } from './batched-statements.ts';
import { decodeNamed, decodeRows } from './decode.ts';
import { closeDriver, connectTimeout, isThere, openDriver, pingTimeout } from './driver.ts';
import { cutOff, fromDriver, silentServer } from './errors.ts';
import type { LineSecurity } from './line.ts';
import { type Access, explainState, isNodeFailure } from './node-state.ts';
import { type NodePlace, Nodes } from './nodes.ts';
import { aheadOf, clockReading, prepareSession, type ServerInfo } from './session.ts';
import { Waiting } from './statement-timeout.ts';
import {
	beginning,
	beginningSnapshot,
	committing,
	fateAfter,
	isRolledBack,
	makingSure,
	rolledBack,
	rollingBack,
} from './transaction.ts';

/** Milliseconds after which a statement counts as lost although the server answers others. */
const statementTimeout = 60_000;

/** The part of the largest packet the server takes that several statements fill. */
const packetShare = 0.9;

/** Milliseconds for a statement that may rebuild a table. */
const definitionTimeout = 3_600_000;

export interface OpenOptions {
	timeout?: number;
	/** What the connection is for. */
	access?: Access;
}

/**
 * One connection to one end, its session pinned so that values read and written on it are exact
 * (see `prepareSession`). Every error it throws is a SyncError that names the side.
 */
export class Connection {
	readonly end: EndConfig;
	readonly server: ServerInfo;
	readonly security: LineSecurity;
	readonly #place: NodePlace;
	readonly #driver: DriverConnection;
	readonly #timeout: number;
	readonly #waiting: Waiting;
	#sent = 0;
	/** What broke the connection, or that it was closed: it is of no further use. */
	#broken: SyncError | null = null;
	#committed = false;
	#together: Together | null = null;
	#clockAhead: number;
	#writeRefusal: SyncError | null = null;

	private constructor(
		end: EndConfig,
		place: NodePlace,
		{ driver, security }: Awaited<ReturnType<typeof openDriver>>,
		server: ServerInfo,
		timeout: number,
		isThere: () => Promise<boolean>,
	) {
		this.end = end;
		this.#place = place;
		this.#driver = driver;
		this.security = security;
		this.server = server;
		this.#clockAhead = server.clockAhead;
		this.#timeout = timeout;
		this.#waiting = new Waiting(isThere);
	}

	/**
	 * Connects to the first of the end's nodes that can serve, the one in use before the others.
	 * @param options.timeout milliseconds after which a statement on it counts as lost
	 * @throws SyncError `unreachable` or `denied`; `busy` where every node that answers is read-only
	 */
	static async open(
		end: EndConfig,
		{ timeout = statementTimeout, access = 'write' }: OpenOptions = {},
	): Promise<Connection> {
		const nodes = Nodes.of(end);
		const readable: NodePlace[] = [];
		for (const place of nodes.inTurn) {
			try {
				const wanted = access === 'look' ? 'write' : access;
				const connection = await Connection.#openAt(end, place, timeout, wanted);
				nodes.use(place);
				return connection;
			} catch (thrown) {
				const failure = fromDriver(thrown, { side: end.side });
				nodes.leave(place, failure);
				if (failure.code === 'busy') readable.push(place);
				else if (failure.code !== 'unreachable') throw failure;
			}
		}
		const failure = nodes.unusable().at({ side: end.side });
		const [place] = readable;
		if (access !== 'look' || !place) throw failure;
		const connection = await Connection.#openAt(end, place, timeout, 'read');
		connection.#writeRefusal = failure;
		nodes.use(place);
		return connection;
	}

	static async #openAt(
		end: EndConfig,
		place: NodePlace,
		timeout: number,
		access: 'read' | 'write',
	): Promise<Connection> {
		const open = await openDriver(end, place);
		const { driver } = open;
		try {
			// The driver's own time-outs would count anew for every statement, and there is none for a
			// connection that freezes between two.
			const patience = pause(connectTimeout, null, { ref: false });
			const prepared = prepareSession(driver, end.database, access).catch(async (error) => {
				throw await explainState(driver, fromDriver(error));
			});
			const server = await Promise.race([prepared, patience]);
			if (server === null) throw silentServer();
			return new Connection(end, place, open, server, timeout, () => isThere(end, place));
		} catch (error) {
			driver.destroy();
			throw error;
		}
	}

	/** Whether the connection broke: it is of no further use. */
	get lost(): boolean {
		return this.#broken !== null;
	}

	/** Whether it leads to the node of its end that is in use; another one is to be opened where not. */
	get isToNodeInUse(): boolean {
		return Nodes.of(this.end).isInUse(this.#place);
	}

	/** Why it can only be read; null where it can be written too, or nobody asked. */
	get writeRefusal(): SyncError | null {
		return this.#writeRefusal;
	}

	/** Leaves the node for another one of the end, where there is one, and cuts the connection then. */
	leaveNode(reason: SyncError): void {
		Nodes.of(this.end).leave(this.#place, reason);
		if (!this.isToNodeInUse) this.destroy(reason);
	}

	/** Statements that were sent so far. */
	get sent(): number {
		return this.#sent;
	}

	/** Runs a statement that returns rows. `?` stands for a value, never for a name. */
	async rows<Row>(sql: string, values: readonly Value[] = []): Promise<Row[]> {
		const [rows, fields] = answeredRows(await this.#send(sql, values));
		return decodeNamed<Row>(rows, fields);
	}

	/**
	 * Like `rows`, each row as an array in the order of the select list, and text that is no UTF-8 as its
	 * bytes: nothing of a value is lost.
	 */
	async arrays(sql: string, values: readonly Value[] = []): Promise<Value[][]> {
		const [rows, fields] = answeredRows(await this.#send(sql, values));
		return decodeRows(rows, fields, true);
	}

	/** Runs a statement that changes something. Resolves to the number of rows it found to change. */
	async run(sql: string, values: readonly Value[] = []): Promise<number> {
		const [result] = await this.#send(sql, values);
		return (result as ResultSetHeader).affectedRows;
	}

	/** Runs a statement with its values in binary form, which takes no more room than they have. */
	async execute(sql: string, values: readonly Value[]): Promise<void> {
		try {
			await this.#waiting.wait(
				this.#driver.execute({ sql, values: values.map(binaryForm), timeout: this.#timeout }),
			);
			// Statements of varying text would pile up on the server (1461).
			this.#driver.unprepare(sql);
		} catch (error) {
			throw await this.#failed(error);
		}
	}

	/** Runs a statement that defines something, and may copy a large table to do it. */
	async define(sql: string): Promise<void> {
		await this.#send(sql, [], definitionTimeout);
	}

	/** Runs work whose statements wait for the lock of a table for so many seconds and no longer. */
	async withLockWait<T>(seconds: number, work: () => Promise<T>): Promise<T> {
		await this.run(`SET @change_log_wait = @@lock_wait_timeout, lock_wait_timeout = ${seconds}`);
		try {
			return await work();
		} finally {
			if (!this.lost) await this.run('SET lock_wait_timeout = @change_log_wait');
		}
	}

	/**
	 * Runs work whose statements travel in one packet where none waits for the answer of another: one
	 * round trip instead of one each. If one fails, so do those that came with it, and none after it is
	 * run.
	 */
	async together<T>(work: () => Promise<T>): Promise<T> {
		if (this.#together) return work();
		this.#together = new Together(
			(statements) => this.#sendPacket(statements),
			this.server.maxAllowedPacket * packetShare,
		);
		try {
			return await work();
		} finally {
			this.#together = null;
		}
	}

	/** Runs statements in their order, in one packet if they fit into one. @returns the rows each found to change */
	async runAll(statements: readonly string[]): Promise<number[]> {
		return this.together(() => Promise.all(statements.map((statement) => this.run(statement))));
	}

	/**
	 * Runs statements as one transaction that travels whole, in one packet if it fits into one: what it
	 * locks waits for the server's own work and not for the network. Rolled back if one of them fails.
	 */
	async whole(statements: readonly string[]): Promise<void> {
		await this.#orRollBack(() => this.#inTurn([...beginning, ...statements, ...committing]));
	}

	/**
	 * Ends the transaction in hand with statements that travel with its COMMIT.
	 * @throws SyncError `busy` where the server has rolled the transaction back
	 */
	async commitAfter(statements: readonly string[]): Promise<void> {
		await this.#inTurn([...statements, ...committing]);
		this.#committed = true;
	}

	/** Runs the work in a transaction: committed when it resolves, rolled back when it throws. */
	async transaction<T>(work: () => Promise<T>): Promise<T> {
		return this.#orRollBack(async () => {
			this.#committed = false;
			await this.#inTurn(beginning);
			const result = await work();
			if (!this.#committed) await this.#inTurn(committing);
			return result;
		});
	}

	/** Runs reads that all see one moment of the database. */
	async snapshot<T>(work: () => Promise<T>): Promise<T> {
		return this.#orRollBack(async () => {
			await this.#inTurn(beginningSnapshot);
			const result = await work();
			await this.#inTurn(committing);
			return result;
		});
	}

	/**
	 * Makes sure, after a statement has failed, that the transaction it belongs to is still open; the server
	 * is asked only where the error does not tell.
	 * @throws SyncError `busy` where the server has rolled it back
	 */
	async requireOpen(failure: SyncError): Promise<void> {
		const fate = fateAfter(failure);
		if (fate === 'open') return;
		if (fate === 'rolled back') throw rolledBack(failure);
		await this.#inTurn(makingSure).catch((thrown) => {
			throw asSyncError(thrown).code === 'unreachable' ? thrown : rolledBack(failure);
		});
	}

	/** Runs statements of which none is run after one that failed. */
	async #inTurn(statements: readonly string[]): Promise<void> {
		try {
			await this.together(() => Promise.all(statements.map((statement) => this.run(statement))));
		} catch (thrown) {
			const error = asSyncError(thrown);
			throw isRolledBack(error) ? rolledBack(error) : thrown;
		}
	}

	async #orRollBack<T>(work: () => Promise<T>): Promise<T> {
		try {
			return await work();
		} catch (error) {
			// After a lock wait timeout (1205) the transaction is still open and holds its locks.
			if (!this.lost) await this.#inTurn(rollingBack).catch(() => this.destroy());
			throw error;
		}
	}

	/** Milliseconds that one round trip takes; the server's clock is read on the way. */
	async ping(): Promise<number> {
		const start = performance.now();
		const before = Date.now();
		const answer = await this.#send(`SELECT ${clockReading} AS now`, [], pingTimeout);
		const [row] = decodeNamed<{ now: string }>(...answeredRows(answer));
		this.#clockAhead = aheadOf(row?.now ?? Number.NaN, before, Date.now());
		return performance.now() - start;
	}

	/**
	 * Milliseconds that the server's clock was ahead of this machine's when the session began, or at the
	 * latest ping: half a round trip may be wrong in it.
	 */
	get clockAhead(): number {
		return this.#clockAhead;
	}

	/** Closes the connection after the statement in hand. Never throws. */
	async close(): Promise<void> {
		if (this.lost) return;
		this.#broken = cutOff();
		await closeDriver(this.#driver);
		this.#waiting.end(this.#broken);
	}

	/** Cuts the connection at once; what is under way on it fails for this reason, and what follows. */
	destroy(reason = cutOff()): void {
		this.#broken ??= reason;
		this.#driver.destroy();
		// The driver leaves whoever waits for an answer waiting for ever.
		this.#waiting.end(this.#broken);
	}

	async #send(sql: string, values: readonly Value[], timeout = this.#timeout): Promise<Answer> {
		if (this.#together) {
			return this.#together.ask(values.length > 0 ? fillIn(sql, values) : sql);
		}
		const [rows, fields] = await this.#query(sql, values, timeout);
		return [rows, fields] as unknown as Answer;
	}

	async #sendPacket(statements: readonly string[]): Promise<Answer[]> {
		const [results, fields] = await this.#query(statements.join(';\n'), [], this.#timeout);
		// The driver gives the answer to a single statement as it is.
		if (statements.length === 1) return [[results, fields] as unknown as Answer];
		if (!Array.isArray(fields) || fields.length !== statements.length) {
			throw new SyncError(
				'internal',
				`the server gave ${Array.isArray(fields) ? fields.length : 'no'} answers to ${statements.length} statements`,
				{ side: this.end.side },
			);
		}
		return statements.map((_, index) => [results[index], fields[index]] as unknown as Answer);
	}

	async #query(sql: string, values: readonly Value[], timeout: number) {
		this.#sent += 1;
		try {
			return await this.#waiting.wait(
				this.#driver.query<RowDataPacket[]>({
					sql,
					values: [...values],
					rowsAsArray: true,
					timeout,
				}),
			);
		} catch (error) {
			throw await this.#failed(error);
		}
	}

	async #failed(error: unknown): Promise<SyncError> {
		let failure = fromDriver(error, { side: this.end.side });
		if (isNodeFailure(failure) && !this.lost) {
			failure = await explainState(this.#driver, failure);
			Nodes.of(this.end).leave(this.#place, failure);
		} else if (failure.code !== 'unreachable') {
			return failure;
		}
		this.destroy(failure);
		// What was under way with it, or comes after it, has no better reason than the first.
		return (this.#broken ?? failure).at({ side: this.end.side });
	}
}

/** What the driver sends in binary form: bytes enter a text column as they are, or are refused. */
function binaryForm(value: Value): string | number | Buffer | null {
	return value instanceof TextBytes ? value.bytes : value;
}

/** The rows that a statement answered with, which it must have done. */
function answeredRows([rows, fields]: Answer): [rows: (Buffer | null)[][], fields: FieldPacket[]] {
	if (!Array.isArray(rows) || !fields) {
		throw new SyncError('internal', 'the server answered a question without rows');
	}
	return [rows, fields];
}

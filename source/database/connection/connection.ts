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
import type { SqlText } from '../sql/sql.ts';
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

/** The share of max_allowed_packet that several statements fill. */
const packetShare = 0.9;

/** Milliseconds for a statement that may rebuild a table. */
const definitionTimeout = 3_600_000;

export interface OpenOptions {
	timeout?: number;
	/** The purpose of the connection. */
	access?: Access;
}

/** A session that is open and prepared. */
interface OpenSession {
	end: EndConfig;
	place: NodePlace;
	driver: DriverConnection;
	security: LineSecurity;
	server: ServerInfo;
	timeout: number;
	writeRefusal: SyncError | null;
}

/**
 * One connection to one side, with its session pinned so that values are read and written exactly (see
 * `prepareSession`). Every error it throws is a SyncError that names the side.
 */
export class Connection {
	readonly end: EndConfig;
	readonly server: ServerInfo;
	readonly security: LineSecurity;
	/** Why it is read-only; null if it is writable, or was not opened for writing. */
	readonly writeRefusal: SyncError | null;
	readonly #place: NodePlace;
	readonly #driver: DriverConnection;
	readonly #timeout: number;
	readonly #waiting: Waiting;
	#sent = 0;
	/** The error that broke the connection, or its closing: it is unusable. */
	#broken: SyncError | null = null;
	#committed = false;
	#together: Together | null = null;
	#clockAhead: number;

	/** Not called directly: see `open`. */
	constructor({ end, place, driver, security, server, timeout, writeRefusal }: OpenSession) {
		this.end = end;
		this.writeRefusal = writeRefusal;
		this.#place = place;
		this.#driver = driver;
		this.security = security;
		this.server = server;
		this.#clockAhead = server.clockAhead;
		this.#timeout = timeout;
		this.#waiting = new Waiting(() => isThere(end, place));
	}

	/**
	 * Connects to the first usable node of a side, starting with the one in use.
	 * @param options.timeout milliseconds after which a statement on it counts as lost
	 * @throws SyncError if no node is usable: `unreachable`, `denied`, or `busy` if one is read-only
	 */
	static async open<Kind extends Connection>(
		this: new (
			session: OpenSession,
		) => Kind,
		end: EndConfig,
		{ timeout = statementTimeout, access = 'write' }: OpenOptions = {},
	): Promise<Kind> {
		const nodes = Nodes.of(end);
		const readable: NodePlace[] = [];
		for (const place of nodes.inTurn) {
			try {
				const wanted = access === 'look' ? 'write' : access;
				const session = await openSession(end, place, wanted);
				nodes.use(place);
				return new this({ ...session, timeout, writeRefusal: null });
			} catch (thrown) {
				const failure = fromDriver(thrown, { side: end.side });
				nodes.leave(place, failure);
				if (failure.code === 'busy') readable.push(place);
				// One node alone may not know the account or the database.
				else if (failure.code !== 'unreachable' && failure.code !== 'denied') throw failure;
			}
		}
		const failure = nodes.unusable().at({ side: end.side });
		const [place] = readable;
		if (access !== 'look' || !place) throw failure;
		const session = await openSession(end, place, 'read');
		nodes.use(place);
		return new this({ ...session, timeout, writeRefusal: failure });
	}

	/** True if the connection broke and is unusable. */
	get lost(): boolean {
		return this.#broken !== null;
	}

	/** True if it leads to the node in use; otherwise it should be replaced. */
	get isToNodeInUse(): boolean {
		return Nodes.of(this.end).isInUse(this.#place);
	}

	/** Switches to another node of the side, if there is one, and cuts the connection then. */
	leaveNode(reason: SyncError): void {
		Nodes.of(this.end).leave(this.#place, reason);
		if (!this.isToNodeInUse) this.destroy(reason);
	}

	/** Number of statements sent so far. */
	get sent(): number {
		return this.#sent;
	}

	/** Runs a statement that returns rows. `?` is a placeholder for a value, never for a name. */
	async rows<Row>(sql: SqlText, values: readonly Value[] = []): Promise<Row[]> {
		const [rows, fields] = answeredRows(await this.#send(sql, values));
		return decodeNamed<Row>(rows, fields);
	}

	/**
	 * Like `rows`, but returns each row as an array in the order of the select list, and text that is not UTF-8
	 * as its bytes, so that no value loses anything.
	 */
	async arrays(sql: SqlText, values: readonly Value[] = []): Promise<Value[][]> {
		const [rows, fields] = answeredRows(await this.#send(sql, values));
		return decodeRows(rows, fields, true);
	}

	/** Runs a statement that changes data. Resolves to the number of rows it matched. */
	async run(sql: SqlText, values: readonly Value[] = []): Promise<number> {
		const [result] = await this.#send(sql, values);
		return (result as ResultSetHeader).affectedRows;
	}

	/** Runs a statement with its values in binary form, which takes no more space than the values. */
	async execute(sql: string, values: readonly Value[]): Promise<void> {
		try {
			await this.#waiting.wait(
				this.#driver.execute({ sql, values: values.map(binaryForm), timeout: this.#timeout }),
			);
			// Prepared statements with varying text would accumulate on the server (1461).
			this.#driver.unprepare(sql);
		} catch (error) {
			throw await this.#failed(error);
		}
	}

	/** Runs DDL, which may copy a large table. */
	async define(sql: SqlText): Promise<void> {
		await this.#send(sql, [], definitionTimeout);
	}

	/** Runs work with a limit, in seconds, on how long its statements wait for a table lock. */
	async withLockWait<T>(seconds: number, work: () => Promise<T>): Promise<T> {
		await this.run(`SET @change_log_wait = @@lock_wait_timeout, lock_wait_timeout = ${seconds}`);
		try {
			return await work();
		} finally {
			if (!this.lost) await this.run('SET lock_wait_timeout = @change_log_wait');
		}
	}

	/**
	 * Runs work whose statements, unless one waits for the answer of another, are sent in one packet: one round
	 * trip instead of one each. If one fails, so do those sent with it, and no later one is run.
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

	/**
	 * Runs statements in order, in one packet if they fit.
	 * @returns the rows that each matched
	 */
	async runAll(statements: readonly SqlText[]): Promise<number[]> {
		return this.together(() => Promise.all(statements.map((statement) => this.run(statement))));
	}

	/**
	 * Runs statements as one transaction, in one packet if they fit: its locks are held for the server's own
	 * work, not for network round trips. Rolled back if one of them fails.
	 */
	async whole(statements: readonly SqlText[]): Promise<void> {
		await this.#orRollBack(() => this.#inTurn([...beginning, ...statements, ...committing]));
	}

	/**
	 * Ends the open transaction with statements sent together with its COMMIT.
	 * @throws SyncError `busy` if the server has rolled the transaction back
	 */
	async commitAfter(statements: readonly SqlText[]): Promise<void> {
		await this.#inTurn([...statements, ...committing]);
		this.#committed = true;
	}

	/** Runs work in a transaction: committed when it resolves, rolled back when it throws. */
	async transaction<T>(work: () => Promise<T>): Promise<T> {
		return this.#orRollBack(async () => {
			this.#committed = false;
			await this.#inTurn(beginning);
			const result = await work();
			if (!this.#committed) await this.#inTurn(committing);
			return result;
		});
	}

	/** Runs reads that share one snapshot of the database. */
	async snapshot<T>(work: () => Promise<T>): Promise<T> {
		return this.#orRollBack(async () => {
			await this.#inTurn(beginningSnapshot);
			const result = await work();
			await this.#inTurn(committing);
			return result;
		});
	}

	/**
	 * Verifies after a failed statement that its transaction is still open. Asks
	 * the server only if the error does not tell.
	 * @throws SyncError `busy` if the server has rolled it back
	 */
	async requireOpen(failure: SyncError): Promise<void> {
		const fate = fateAfter(failure);
		if (fate === 'open') return;
		if (fate === 'rolled back') throw rolledBack(failure);
		await this.#inTurn(makingSure).catch((thrown) => {
			throw asSyncError(thrown).code === 'unreachable' ? thrown : rolledBack(failure);
		});
	}

	/** Runs statements in order and stops at the first that fails. */
	async #inTurn(statements: readonly SqlText[]): Promise<void> {
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

	/** Milliseconds of one round trip, which also reads the server's clock. */
	async ping(): Promise<number> {
		const start = performance.now();
		const before = Date.now();
		const answer = await this.#send(`SELECT ${clockReading} AS now`, [], pingTimeout);
		const [row] = decodeNamed<{ now: string }>(...answeredRows(answer));
		this.#clockAhead = aheadOf(row?.now ?? Number.NaN, before, Date.now());
		return performance.now() - start;
	}

	/**
	 * Milliseconds by which the server's clock was ahead of this machine's at the start of the session or the
	 * latest ping, accurate to half a round trip.
	 */
	get clockAhead(): number {
		return this.#clockAhead;
	}

	/** Closes the connection after the running statement. Never throws. */
	async close(): Promise<void> {
		if (this.lost) return;
		this.#broken = cutOff();
		await closeDriver(this.#driver);
		this.#waiting.end(this.#broken);
	}

	/** Cuts the connection at once. Running and later statements fail with this reason. */
	destroy(reason = cutOff()): void {
		this.#broken ??= reason;
		this.#driver.destroy();
		// The driver leaves callers that wait for an answer pending forever.
		this.#waiting.end(this.#broken);
	}

	async #send(sql: SqlText, values: readonly Value[], timeout = this.#timeout): Promise<Answer> {
		const text = String(sql);
		if (this.#together) {
			return this.#together.ask(values.length > 0 ? fillIn(text, values) : text);
		}
		const [rows, fields] = await this.#query(text, values, timeout);
		return [rows, fields] as unknown as Answer;
	}

	async #sendPacket(statements: readonly string[]): Promise<Answer[]> {
		const [results, fields] = await this.#query(statements.join(';\n'), [], this.#timeout);
		// The driver does not wrap the answer to a single statement.
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
		// The first error explains those of other running or later statements best.
		return (this.#broken ?? failure).at({ side: this.end.side });
	}
}

async function openSession(
	end: EndConfig,
	place: NodePlace,
	access: 'read' | 'write',
): Promise<Pick<OpenSession, 'end' | 'place' | 'driver' | 'security' | 'server'>> {
	const { driver, security } = await openDriver(end, place);
	try {
		// The driver's time-outs restart for every statement, and do not cover a
		// connection that freezes between two.
		const patience = pause(connectTimeout, null, { ref: false });
		const prepared = prepareSession(driver, end.database, access).catch(async (error) => {
			throw await explainState(driver, fromDriver(error));
		});
		const server = await Promise.race([prepared, patience]);
		if (server === null) throw silentServer();
		return { end, place, driver, security, server };
	} catch (error) {
		driver.destroy();
		throw error;
	}
}

/** A value in the driver's binary form: a text column stores the bytes as they are, or refuses them. */
function binaryForm(value: Value): string | number | Buffer | null {
	return value instanceof TextBytes ? value.bytes : value;
}

/** The rows of an answer that must have some. */
function answeredRows([rows, fields]: Answer): [rows: (Buffer | null)[][], fields: FieldPacket[]] {
	if (!Array.isArray(rows) || !fields) {
		throw new SyncError('internal', 'the server answered a query without rows');
	}
	return [rows, fields];
}

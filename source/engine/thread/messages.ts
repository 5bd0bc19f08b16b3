/** What goes between the screen's thread and the engine's: plain values, as structured cloning takes them. */

import { type ErrorCode, SyncError } from '../../errors.ts';
import type { EngineRequests, Notice } from '../api/snapshot.ts';
import type { Engine } from '../engine.ts';
import type { SnapshotDifference } from './difference.ts';

/** What can be asked of an engine on another thread. */
export type EngineCalls = Pick<Engine, keyof EngineRequests | 'stop'>;

export type CallName = keyof EngineCalls;

/** To the engine's thread. Each call is answered once. */
export interface CallMessage {
	id: number;
	name: CallName;
	values: Parameters<EngineCalls[CallName]>;
}

/** From the engine's thread. What an answer tells of is in the snapshots that were sent before it. */
export type ThreadMessage =
	| { kind: 'snapshot'; difference: SnapshotDifference }
	| { kind: 'notice'; notice: Notice }
	| { kind: 'answer'; id: number; value: unknown }
	| { kind: 'refusal'; id: number; error: ErrorMessage };

/** A SyncError without its cause: what a driver threw may hold anything, and no person sees it. */
export interface ErrorMessage {
	code: ErrorCode;
	message: string;
	options: ReturnType<SyncError['asPlain']>;
}

export function errorMessage(error: SyncError): ErrorMessage {
	return { code: error.code, message: error.message, options: error.asPlain() };
}

export function errorOf({ code, message, options }: ErrorMessage): SyncError {
	return new SyncError(code, message, options);
}

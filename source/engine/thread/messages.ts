/** Messages between the screen's thread and the engine's: plain values that can be cloned. */

import { type ErrorCode, SyncError } from '../../errors.ts';
import type { EngineRequests, Notice } from '../api/snapshot.ts';
import type { Engine } from '../engine.ts';
import type { SnapshotDifference } from './difference.ts';

/** The calls to an engine on another thread. */
export type EngineCalls = Pick<Engine, keyof EngineRequests | 'stop'>;

export type CallName = keyof EngineCalls;

/** A message to the engine's thread. Each call is answered once. */
export interface CallMessage {
	id: number;
	name: CallName;
	values: Parameters<EngineCalls[CallName]>;
}

/** A message from the engine's thread. Snapshots sent before an answer already show its effect. */
export type ThreadMessage =
	| { kind: 'snapshot'; difference: SnapshotDifference }
	| { kind: 'notice'; notice: Notice }
	| { kind: 'answer'; id: number; value: unknown }
	| { kind: 'refusal'; id: number; error: ErrorMessage };

/** A SyncError without its cause, which may hold anything and is never shown. */
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

import type { LineSecurity } from '../../database/connection/line.ts';

/** Describes how a connection is protected; null if there is nothing to report. */
export function describeSecurity(security: LineSecurity | null): string | null {
	switch (security) {
		case 'verified':
			return 'TLS';
		case 'unverified':
			return 'TLS, server identity not verified';
		case 'clear':
			return 'not encrypted';
		default:
			return null;
	}
}

/** True if others on the network could read or change the data. */
export function isExposed(security: LineSecurity | null): boolean {
	return security === 'unverified' || security === 'clear';
}

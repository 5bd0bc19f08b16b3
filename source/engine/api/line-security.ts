import type { LineSecurity } from '../../database/connection/line.ts';

/** What a person should know of a line, in words; null where there is nothing to say. */
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

/** Whether others on the way could read or change what travels. */
export function isExposed(security: LineSecurity | null): boolean {
	return security === 'unverified' || security === 'clear';
}

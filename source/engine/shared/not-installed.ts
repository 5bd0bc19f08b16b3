import type { PairConfig, Side } from '../../config/types.ts';
import type { SyncError } from '../../errors.ts';
import { captureStateFinding, installCures } from '../api/capture-messages.ts';
import { errorFrom } from '../api/messages.ts';

/**
 * The error for something of the program's own that is not in a database.
 * @param what a table; null for the change log
 */
export function notInstalled(
	pair: PairConfig,
	side: Side,
	what: string | null,
	state: string,
): SyncError {
	const finding = captureStateFinding(
		'not_installed',
		{ side },
		{ what, state },
		installCures(pair),
	);
	return errorFrom('not_installed', finding, { pair: pair.name });
}

import type { PairConfig, Side } from '../../config/types.ts';
import type { SyncError } from '../../errors.ts';
import { captureStateFinding, installCures } from '../api/capture-messages.ts';
import { errorFrom } from '../api/messages.ts';

/** The error for a missing object of this program in a database. */
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

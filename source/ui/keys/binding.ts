/** What a key is bound to. */

import type { KeyContext } from '../state/key-context.ts';
import type { View } from '../state/state.ts';

export type ActionId =
	| 'up'
	| 'down'
	| 'page_up'
	| 'page_down'
	| 'first'
	| 'last'
	| 'open'
	| 'changes_of_table'
	| 'nodes'
	| 'inspect'
	| 'reread'
	| 'back'
	| 'next_tab'
	| 'previous_tab'
	| 'tab'
	| 'left_list'
	| 'right_list'
	| 'filter'
	| 'keep_filter'
	| 'clear_filter'
	| 'ask_for_row'
	| 'look_at_row'
	| 'leave_asking'
	| 'erase_of_key'
	| 'erase'
	| 'force_both'
	| 'one_batch'
	| 'force_to_cloud'
	| 'force_to_local'
	| 'install'
	| 'uninstall'
	| 'drop_log'
	| 'forget'
	| 'retry'
	| 'retry_all'
	| 'keep_local'
	| 'keep_cloud'
	| 'pause'
	| 'copy'
	| 'copy_key'
	| 'write_starter'
	| 'help'
	| 'close_help'
	| 'yes'
	| 'no'
	| 'redraw'
	| 'suspend'
	| 'quit';

export interface Binding {
	action: ActionId;
	/** As `keyNames` gives them. */
	keys: readonly string[];
	/** The keys as help shows them. */
	shown: string;
	/** What it does, for help and readme. */
	what: string;
	views: readonly View[];
	/** A word for the footer; where it is narrow the highest rank goes first. */
	footer?: {
		word: string | ((context: KeyContext) => string);
		rank: number;
		/** Where the footer is too narrow for all words. */
		short?: string;
		/** Where it is of no use it takes no room. */
		when?: (context: KeyContext) => boolean;
	};
	/** Says why the key cannot act now; null when it can. */
	refuse?: (context: KeyContext) => string | null;
}

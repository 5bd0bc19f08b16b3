/** The actions that keys can be bound to. */

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
	/** Names as returned by `keyNames`. */
	keys: readonly string[];
	/** The keys as the help shows them. */
	shown: string;
	/** The description in the help and in the readme. */
	what: string;
	views: readonly View[];
	/** The word in the footer. A narrow footer omits the highest rank first. */
	footer?: {
		word: string | ((context: KeyContext) => string);
		rank: number;
		/** Used if the footer is too narrow for all words. */
		short?: string;
		/** False hides the key from the footer. */
		when?: (context: KeyContext) => boolean;
	};
	/** The reason why the key has no effect now, or null. */
	refuse?: (context: KeyContext) => string | null;
}

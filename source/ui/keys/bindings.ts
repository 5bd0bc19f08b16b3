/**
 * Every key of the screen, once. The dispatcher, the footer, the help and the readme's table are
 * all made from this list.
 */

import type { View } from '../state/state.ts';
import { askingKeys } from './asking.ts';
import type { Binding } from './binding.ts';
import { copyingKeys } from './copying.ts';
import { filteringKeys } from './filtering.ts';
import { movingKeys } from './moving.ts';
import { openingKeys } from './opening.ts';
import { pairKeys } from './pair.ts';
import { recordsKeys } from './records.ts';
import { screenKeys } from './screen.ts';

/** In the order of the help and of the footer. */
export const bindings: readonly Binding[] = [
	...movingKeys,
	...openingKeys,
	...askingKeys,
	...filteringKeys,
	...recordsKeys,
	...pairKeys,
	...copyingKeys,
	...screenKeys,
];

/** The bindings that work in a view, in the order of the help. */
export function bindingsOf(view: View): Binding[] {
	return bindings.filter(({ views }) => views.includes(view));
}

/** What a key does in a view; the first binding that names it wins. */
export function bindingFor(view: View, key: string): Binding | undefined {
	return bindings.find(({ keys, views }) => views.includes(view) && keys.includes(key));
}

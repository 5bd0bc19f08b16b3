/**
 * Every key of the screen, once. The dispatcher, the footer, the help and the
 * readme's table are built from this list.
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

/** In the order of the help and the footer. */
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

/** The bindings of a view, in the order of the help. */
export function bindingsOf(view: View): Binding[] {
	return bindings.filter(({ views }) => views.includes(view));
}

/** The binding of a key in a view. The first match wins. */
export function bindingFor(view: View, key: string): Binding | undefined {
	return bindings.find(({ keys, views }) => views.includes(view) && keys.includes(key));
}
